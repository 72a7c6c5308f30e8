import type { ApiState } from "../../../domain/attach/api-state.ts";
import type { Attachment } from "../../../domain/attach/attachment.ts";
import { findDrift } from "../../../domain/attach/drift.ts";
import { attachedApi, attachmentOf, FUNCTION_ARN, NOW, route, stage } from "../../support/attach/attached.ts";

const api = attachedApi();
const [ours] = api.authorizers;
const authorizer = (change: object) => ({ authorizers: [{ ...ours, ...change }] as ApiState["authorizers"] });

const drift = (change: Partial<ApiState>, record: Partial<Attachment> = {}, now = NOW) =>
  findDrift(attachmentOf(api, record), attachedApi(change), now);
const announced = (change: Partial<ApiState>, record: Partial<Attachment> = {}) =>
  drift(change, record)?.map(({ kind, subject, severity }) => `${severity} ${kind} ${subject}`.trim());

describe("an attached API has not drifted", () => {
  test("as attaching left it", () => {
    expect(drift({})).toEqual([]);
  });

  test.each<[string, Partial<ApiState>, Partial<Attachment>?]>([
    ["with a route that was excluded by name", withOpen("GET /health"), { excluded: ["GET /health"] }],
    ["with one that was excluded by pattern", withOpen("GET /public/logo"), { excluded: ["GET /public/*"] }],
    ["with one more preflight", withOpen("OPTIONS /carts")],
    [
      "with a route that another authorizer protects since before",
      { routes: [...api.routes, route("GET /admin", { authorization: { type: "AWS_IAM" } })] },
    ],
    [
      "with a stage that was there and was not chosen",
      { stages: [stage("prod"), stage("dev", { variables: {}, deployedRoutes: {} })] },
      { snapshot: snapshotWith([stage("prod"), stage("dev")]) },
    ],
    [
      "with a response cache that was on before",
      { stages: [stage("prod", { cacheEnabled: true })] },
      {
        snapshot: snapshotWith([stage("prod", { cacheEnabled: true })]),
      },
    ],
    [
      "with a stage that was left without a mode, which is to enforce everything, and says so now",
      {},
      { enforce: {} },
    ],
    [
      "with the same segments in another order",
      modes("billing,admin"),
      { enforce: { prod: "admin,billing" } },
    ],
    ["with a canary of ours", { stages: [stage("prod", { canary: { deploymentId: "dep2", percent: 10 } })] }],
    [
      "with an identity source that every request has",
      authorizer({ identitySources: ["context.httpMethod"] }),
    ],
    [
      "with an authorizer that nothing asks",
      {
        authorizers: [
          ...api.authorizers,
          { ...ours, id: "auth2", name: "x", ttlSeconds: 300 },
        ] as ApiState["authorizers"],
      },
    ],
    [
      "with a mutual TLS domain and its execute-api endpoint disabled",
      { mutualTlsDomains: ["a.example"], executeApiDisabled: true },
    ],
  ])("%s", (_, change, record = {}) => {
    expect(announced(change, record)).toEqual([]);
  });
});

describe("drift is", () => {
  test.each<[string, Partial<ApiState>, Partial<Attachment> | undefined, string[]]>([
    [
      "a route that lost its authorizer",
      { routes: [route("GET /orders", { authorization: { type: "NONE" } }), route("POST /orders")] },
      undefined,
      ["HIGH route-unguarded GET /orders"],
    ],
    ["a new route that is open", withOpen("GET /carts"), undefined, ["HIGH route-unguarded GET /carts"]],
    [
      "a route that asks somebody else now",
      { routes: [route("GET /orders", { authorization: { type: "AWS_IAM" } }), route("POST /orders")] },
      undefined,
      ["MEDIUM route-diverted GET /orders"],
    ],
    ["an authorizer that is gone", { authorizers: [], routes: [] }, undefined, ["HIGH authorizer-gone"]],
    [
      "an authorizer of the name with another function",
      authorizer({ functionArn: `${FUNCTION_ARN}-2` }),
      undefined,
      ["HIGH authorizer-gone", "MEDIUM route-diverted GET /orders", "MEDIUM route-diverted POST /orders"],
    ],
    ["a verdict that is reused", authorizer({ ttlSeconds: 300 }), undefined, ["HIGH verdicts-cached auth1"]],
    [
      "an identity source",
      authorizer({ identitySources: ["method.request.header.Authorization"] }),
      undefined,
      ["MEDIUM authorizer-changed auth1"],
    ],
    ["a TOKEN authorizer", authorizer({ type: "TOKEN" }), undefined, ["MEDIUM authorizer-changed auth1"]],
    [
      "a stage deployed without the authorizer",
      {
        stages: [
          stage("prod", { deployedRoutes: { "GET /orders": { type: "NONE", apiKeyRequired: false } } }),
        ],
      },
      undefined,
      ["HIGH stage-not-redeployed prod"],
    ],
    [
      "a new stage that is open",
      {
        stages: [
          stage("prod"),
          stage("new", {
            variables: {},
            deployedRoutes: { "POST /orders": { type: "NONE", apiKeyRequired: false } },
          }),
        ],
      },
      undefined,
      ["HIGH stage-not-redeployed new"],
    ],
    [
      "a response cache that was turned on",
      { stages: [stage("prod", { cacheEnabled: true })] },
      undefined,
      ["MEDIUM responses-cached prod"],
    ],
    [
      "enforcement turned off",
      { stages: [stage("prod", { variables: { sallyport_enforce: "none" } })] },
      undefined,
      ["HIGH enforcement-changed prod"],
    ],
    [
      "enforcement turned on by the way",
      { stages: [stage("prod", { variables: {} })] },
      { enforce: { prod: "none" } },
      ["HIGH enforcement-changed prod"],
    ],
    [
      "enforcement turned off where no mode was set, which enforced everything",
      modes("none"),
      { enforce: {} },
      ["HIGH enforcement-changed prod"],
    ],
    [
      "a segment that is no longer enforced",
      modes("admin"),
      { enforce: { prod: "admin,billing" } },
      ["HIGH enforcement-changed prod"],
    ],
    [
      "a new stage that only monitors",
      { stages: [stage("prod"), stage("new", { variables: { sallyport_enforce: "none" } })] },
      undefined,
      ["HIGH enforcement-changed new"],
    ],
    [
      "a canary that does not enforce",
      {
        stages: [
          stage("prod", {
            canary: { deploymentId: "dep2", percent: 5, overrides: { sallyport_enforce: "none" } },
          }),
        ],
      },
      undefined,
      ["HIGH enforcement-changed prod canary"],
    ],
    [
      "somebody else's canary",
      { stages: [stage("prod", { canary: { deploymentId: "dep9", percent: 5 } })] },
      undefined,
      ["MEDIUM foreign-canary prod"],
    ],
    [
      "a route that asks the function by an authorizer that caches, and is not deployed",
      {
        authorizers: [
          ...api.authorizers,
          { ...ours, id: "auth2", name: "x", ttlSeconds: 300 },
        ] as ApiState["authorizers"],
        routes: [
          route("GET /orders", { authorization: { type: "CUSTOM", authorizerId: "auth2" } }),
          route("POST /orders"),
        ],
        stages: [
          stage("prod", { deployedRoutes: { "GET /orders": { type: "NONE", apiKeyRequired: false } } }),
        ],
      },
      undefined,
      ["HIGH verdicts-cached auth2", "HIGH stage-not-redeployed prod"],
    ],
    [
      "an endpoint beside a mutual TLS domain",
      { mutualTlsDomains: ["a.example", "b.example"] },
      undefined,
      ["HIGH endpoint-beside-mutual-tls a.example"],
    ],
  ])("%s", (_, change, record, problems) => {
    expect(announced(change, record)).toEqual(problems);
  });

  test("an API that is gone", () => {
    expect(findDrift(attachmentOf(api), undefined, NOW)).toMatchObject([
      { kind: "api-gone", severity: "LOW" },
    ]);
  });

  test("on an HTTP API, an authorizer that does not take simple answers", () => {
    const http = attachedApi({
      kind: "http",
      ...authorizer({ payloadFormat: "2.0", simpleResponses: false }),
    });
    expect(findDrift(attachmentOf(http), http, NOW)).toMatchObject([{ kind: "authorizer-changed" }]);
  });
});

describe("while somebody attaches or detaches it", () => {
  const change = { authorizers: [], routes: [] };

  test.each(["applying", "rolling-back"] as const)("nothing is said: %s", (status) => {
    const updatedAt = new Date(NOW - 60_000).toISOString();
    expect(drift(change, { status, updatedAt })).toBeUndefined();
  });

  test("for more than an hour, it was killed, and that is drift too", () => {
    const updatedAt = new Date(NOW - 3_600_001).toISOString();
    expect(announced(change, { status: "applying", updatedAt })).toEqual([
      "MEDIUM run-not-ended",
      "HIGH authorizer-gone",
    ]);
  });
});

test("each problem says what and what to do, in bounds that Security Hub takes", () => {
  const many = Array.from({ length: 600 }, (_, index) =>
    route(`GET /r${index}`, { authorization: { type: "NONE" } }),
  );
  const problems =
    drift({
      routes: many,
      mutualTlsDomains: many.map(({ key }) => key),
      stages: [stage("prod", { variables: { sallyport_enforce: "x".repeat(2000) } })],
    }) ?? [];
  expect(problems).toHaveLength(602);
  for (const { says, remedy } of problems) {
    expect(says.length).toBeLessThan(800);
    expect(remedy.length).toBeLessThan(512);
    expect(says).toMatch(/[a-z].+\.$/);
  }
});

function modes(variable: string): Partial<ApiState> {
  return { stages: [stage("prod", { variables: { sallyport_enforce: variable } })] };
}

function withOpen(key: string): Partial<ApiState> {
  return { routes: [...api.routes, route(key, { authorization: { type: "NONE" } })] };
}

function snapshotWith(stages: ApiState["stages"]): Attachment["snapshot"] {
  const { snapshot } = attachmentOf(api);
  return { ...snapshot, api: { ...snapshot.api, stages } };
}
