import fc from "fast-check";
import type { IssuerSettings } from "../../../contract/settings.ts";
import {
  cacheRulesOf,
  completeCacheKey,
  type DeclaredCache,
  flawsOfCache as flawsBySource,
} from "../../../lib/attach/result-cache.ts";

const rest = completeCacheKey("REST REQUEST");
const http = completeCacheKey("HTTP");
const flawsOfCache = (cache: DeclaredCache) =>
  flawsBySource({ ...cache, geo: "database", boundTokens: "refused" });

test("the complete keys are what API Gateway calls the inputs", () => {
  expect(rest).toEqual([
    "method.request.header.Authorization",
    "context.httpMethod",
    "context.path",
    "context.identity.sourceIp",
  ]);
  expect(http).toEqual([
    "$request.header.Authorization",
    "$context.httpMethod",
    "$context.path",
    "$context.identity.sourceIp",
  ]);
});

test("no caching needs no key", () => {
  for (const kind of ["REST REQUEST", "REST TOKEN", "HTTP", "WEBSOCKET"] as const) {
    expect(flawsOfCache({ kind, ttl: 0, identitySources: [] })).toEqual([]);
  }
  expect(flawsOfCache({ kind: "WEBSOCKET", identitySources: [] })).toEqual([]);
});

test("caching with the complete key passes, in any order and letter case and with more", () => {
  fc.assert(
    fc.property(
      fc.constantFrom({ kind: "REST REQUEST" as const, key: rest }, { kind: "HTTP" as const, key: http }),
      fc.integer({ min: 1, max: 3600 }),
      fc.array(fc.string()),
      fc.boolean(),
      ({ kind, key }, ttl, more, upper) => {
        const identitySources = [...more, ...key.toReversed()].map((source) =>
          upper ? source.toUpperCase() : source,
        );
        expect(flawsOfCache({ kind, ttl, identitySources })).toEqual([]);
      },
    ),
  );
});

test("each input that is left out of the key is one flaw that names it", () => {
  fc.assert(
    fc.property(
      fc.constantFrom({ kind: "REST REQUEST" as const, key: rest }, { kind: "HTTP" as const, key: http }),
      fc.option(fc.integer({ min: 1, max: 3600 }), { nil: undefined }),
      fc.subarray([0, 1, 2, 3], { maxLength: 3 }),
      ({ kind, key }, ttl, kept) => {
        const identitySources = kept.map((index) => key[index] ?? "");
        const left = key.filter((source) => !identitySources.includes(source));
        const flaws = flawsOfCache({ kind, identitySources, ...(ttl !== undefined && { ttl }) });
        expect(flaws).toHaveLength(left.length);
        left.forEach((source, index) => {
          expect(flaws[index]).toContain(`add ${source} to the identity sources`);
        });
      },
    ),
  );
});

test("the route key or the resource path stand for no path: one route has many", () => {
  const withRouteKey = http.map((source) => (source === "$context.path" ? "$context.routeKey" : source));
  expect(flawsOfCache({ kind: "HTTP", ttl: 60, identitySources: withRouteKey })).toEqual([
    "verdicts are cached for 60 s, but the path is not in the cache key: the verdict on one route would be reused for another. Set the TTL to 0 or add $context.path to the identity sources.",
  ]);
  const withResource = rest.map((source) => (source === "context.path" ? "context.resourcePath" : source));
  expect(flawsOfCache({ kind: "REST REQUEST", ttl: 60, identitySources: withResource })).toHaveLength(1);
});

test("a TOKEN authorizer may not cache at all", () => {
  const flaws = flawsOfCache({ kind: "REST TOKEN", ttl: 1, identitySources: rest });
  expect(flaws).toHaveLength(1);
  expect(flaws[0]).toContain(
    "the token alone: one verdict would be reused for every route, method and address",
  );
});

test("a REST authorizer that sets no TTL caches for five minutes", () => {
  const flaws = flawsOfCache({
    kind: "REST REQUEST",
    identitySources: ["method.request.header.Authorization"],
  });
  expect(flaws).toHaveLength(3);
  expect(flaws[0]).toContain("300 s");
});

test("where CloudFront tells address and country no TTL will do, however complete the key", () => {
  const viewer = ["method.request.header.CloudFront-Viewer-Address"];
  const cached = { kind: "REST REQUEST", ttl: 1, identitySources: [...rest, ...viewer] } as const;
  const boundTokens = "refused";
  expect(flawsBySource({ ...cached, geo: "none", boundTokens })).toEqual([]);
  expect(flawsBySource({ ...cached, geo: "cloudfront", boundTokens })).toEqual([
    expect.stringContaining("CloudFront-Viewer-* headers"),
  ]);
  expect(flawsBySource({ ...cached, ttl: 0, geo: "cloudfront", boundTokens })).toEqual([]);
  expect(flawsBySource({ kind: "WEBSOCKET", identitySources: [], geo: "cloudfront", boundTokens })).toEqual(
    [],
  );
});

test("where a token may take a proof no TTL will do, whatever else is in the key", () => {
  const rules = { geo: "none", boundTokens: "accepted" } as const;
  for (const [kind, key] of [
    ["REST REQUEST", [...rest, "method.request.header.DPoP"]],
    ["HTTP", [...http, "$request.header.DPoP"]],
  ] as const) {
    for (const ttl of [1, 3600, "unknown"] as const) {
      expect(flawsBySource({ kind, ttl, identitySources: key, ...rules })).toEqual([
        expect.stringContaining("would pass without its proof"),
      ]);
    }
    expect(flawsBySource({ kind, ttl: 0, identitySources: key, ...rules })).toEqual([]);
    expect(flawsBySource({ kind, identitySources: [], ...rules })).toHaveLength(5);
  }
});

test("bound tokens are refused only where every issuer's are", () => {
  const issuer = { preset: "oidc", issuer: "https://issuer.example", audience: ["a"] } as const;
  const refusing = { ...issuer, boundTokens: "refused" } as const;
  const rule = (...issuers: IssuerSettings[]) => cacheRulesOf({ geo: "none", issuers }).boundTokens;
  expect(rule(refusing, refusing)).toBe("refused");
  expect(rule(refusing, issuer)).toBe("accepted");
  expect(rule({ ...issuer, boundTokens: "accepted" })).toBe("accepted");
});

test("a TTL that is known only at deployment counts as caching", () => {
  const [flaw] = flawsOfCache({ kind: "HTTP", ttl: "unknown", identitySources: http.slice(1) });
  expect(flaw).toContain("the TTL is known only at deployment, so verdicts may be cached, but the token");
});
