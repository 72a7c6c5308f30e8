import fc from "fast-check";
import type { AccessRequest } from "../../../domain/evidence/access-request.ts";
import { isUrlOf, type PublicOrigins } from "../../../verification/proof/public-url.ts";
import { boundRequest, ORIGINS } from "../../support/verification/proof-maker.ts";

const EXECUTE_API = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
const rest = (path = "/api/orders", change = {}) => boundRequest({ path, ...change });
const http = (path: string, stage = "$default", kind: "http-2.0" | "http-1.0" = "http-2.0") =>
  boundRequest({
    kind,
    stage,
    path,
    arn: `arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/${stage}/GET${path}`,
  });

const connection = boundRequest({ kind: "websocket", method: "CONNECT", path: "/$connect" });

const SPACED = { a1b2c3d4e5: ["https://api.example.com/a%20b"] };

test.each<[string, string, AccessRequest, PublicOrigins?]>([
  ["the configured address", "https://api.example.com/v1/api/orders", rest()],
  ["another letter case of scheme and host", "HTTPS://API.Example.COM/v1/api/orders", rest()],
  ["the default port", "https://api.example.com:443/v1/api/orders", rest()],
  ["dot segments", "https://api.example.com/v1/x/../api/./orders", rest()],
  ["dot segments in escapes", "https://api.example.com/v1/x/%2E%2e/api/orders", rest()],
  ["unreserved characters in escapes", "https://api.example.com/v1/%61pi/order%73", rest()],
  ["small letters in escapes", "https://api.example.com/v1/a%c3%a4%2f", rest("/a%C3%A4%2F")],
  ["the execute-api address with the stage", `${EXECUTE_API}/prod/api/orders`, rest()],
  [
    "the execute-api address in China",
    "https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/prod/api/orders",
    rest(undefined, { partition: "aws-cn", region: "cn-north-1" }),
  ],
  ["a query, which is ignored", "https://api.example.com/v1/api/orders?x=1&y=%2f#z?", rest()],
  ["an empty query", "https://api.example.com/v1/api/orders?", rest()],
  ["a fragment, which is ignored", "https://api.example.com/v1/api/orders#x?y", rest()],
  ["a query on an HTTP API", `${EXECUTE_API}/api/orders?x=1`, http("/api/orders")],
  ["a query on a WebSocket API", "wss://api.example.com/v1?x=1", connection],
  ["the root of a base path with a slash", "https://api.example.com/v1/", rest("/")],
  ["the root of a base path without a slash", "https://api.example.com/v1", rest("/")],
  ["dot segments of the request", "https://api.example.com/v1/admin", rest("/x/../admin")],
  ["dot segments above the request's root", "https://api.example.com/v1/admin", rest("/../../admin")],
  ["an HTTP API's default stage", `${EXECUTE_API}/api/orders`, http("/api/orders")],
  ["an HTTP API's other stage", `${EXECUTE_API}/beta/api/orders`, http("/api/orders", "beta")],
  ["an HTTP API's decoded path", `${EXECUTE_API}/a%20b/%C3%A4`, http("/a b/ä")],
  ["an HTTP API's decoded path, payload 1.0", `${EXECUTE_API}/100%25`, http("/100%", "$default", "http-1.0")],
  ["a WebSocket API's address", "wss://api.example.com/v1", connection],
  ["a WebSocket API's address as HTTP", `${EXECUTE_API}/prod`, connection],
  ["an HTTP API's root", `${EXECUTE_API}`, http("/")],
  ["the root of an HTTP API's base path with an escape", "https://api.example.com/a%20b", http("/"), SPACED],
])("takes %s", (_, url, request, origins: PublicOrigins = ORIGINS) => {
  expect(isUrlOf(url, request, origins)).toBe(true);
});

test.each([
  ["a route of a WebSocket API", "wss://api.example.com/v1/$connect", connection],
  ["a WebSocket API's address without TLS", "ws://api.example.com/v1", connection],
  ["a WebSocket's address of another API", "wss://api.example.com/v1/api/orders", rest()],
  ["a path out of the base", "https://api.example.com/admin", rest("/../admin")],
  ["a path out of the base by escapes", "https://api.example.com/admin", rest("/%2e%2E/admin")],
  ["a path out of the stage", `${EXECUTE_API}/admin`, rest("/x/../../admin")],
  ["a path out of an HTTP API's stage", `${EXECUTE_API}/admin`, http("/../admin", "beta")],
  ["a path that does not begin", "https://api.example.com/v1admin", rest("admin")],
  ["the root, for a path that does not begin", "https://api.example.com/v1/", rest("admin")],
  ["another path", "https://api.example.com/v1/api/order", rest()],
  ["another letter case of the path", "https://api.example.com/v1/API/orders", rest()],
  ["a path below", "https://api.example.com/v1/api/orders/1", rest()],
  ["a slash more", "https://api.example.com/v1/api/orders/", rest()],
  ["the path without its base", "https://api.example.com/api/orders", rest()],
  ["another host", "https://api.example.net/v1/api/orders", rest()],
  ["a host below", "https://evil.api.example.com/v1/api/orders", rest()],
  ["another scheme", "http://api.example.com/v1/api/orders", rest()],
  ["another port", "https://api.example.com:8443/v1/api/orders", rest()],
  ["a user", "https://me@api.example.com/v1/api/orders", rest()],
  ["ours in the query of another", "https://api.example.net/?https://api.example.com/v1/api/orders", rest()],
  [
    "ours in the fragment of another",
    "https://api.example.net#https://api.example.com/v1/api/orders",
    rest(),
  ],
  ["the path in a query", "https://api.example.com/v1?/api/orders", rest()],
  ["a query with a quote", 'https://api.example.com/v1/api/orders?a="', rest()],
  ["a query with a backslash", "https://api.example.com/v1/api/orders?\\", rest()],
  ["a query with a line break", "https://api.example.com/v1/api/orders?a\n", rest()],
  ["only a query", "https://?https://api.example.com/v1/api/orders", rest()],
  ["blanks around", " https://api.example.com/v1/api/orders", rest()],
  ["a tab, which URL parsers drop", "https://api.example.com/v1/api/ord\ters", rest()],
  ["backslashes, which URL parsers turn", "https:\\\\api.example.com\\v1\\api\\orders", rest()],
  ["slashes more before the host", "https:////api.example.com/v1/api/orders", rest()],
  ["characters that are no URL's", "https://api.example.com/v1/ä", rest("/ä")],
  ["no URL", "/v1/api/orders", rest()],
  ["nothing", "", rest()],
  ["an escaped slash for a slash", "https://api.example.com/v1/api%2Forders", rest()],
  ["the execute-api address without the stage", `${EXECUTE_API}/api/orders`, rest()],
  ["another stage", `${EXECUTE_API}/beta/api/orders`, rest()],
  ["another API's execute-api address", `${EXECUTE_API.replace("a1b2", "z9z9")}/prod/api/orders`, rest()],
  ["an origin of another stage", "https://api.example.com/v1/api/orders", rest(undefined, { stage: "beta" })],
  ["a path that a hash would cut", "https://api.example.com/v1/a", rest("/a#b")],
  ["a path with broken characters", "https://api.example.com/v1/a", rest("/a\ud800")],
  ["an HTTP API's path that was escaped twice", `${EXECUTE_API}/a%20b`, http("/a%20b")],
  ["an escape that is none", `${EXECUTE_API}/100%`, http("/100%")],
])("does not take %s", (_, url, request) => {
  expect(isUrlOf(url, request, ORIGINS)).toBe(false);
});

test("takes addresses of an API for all its stages, and none by a name of objects", () => {
  const origins = { a1b2c3d4e5: ["https://one.example", "https://two.example:8443/base/"] };
  const beta = rest(undefined, { stage: "beta" });
  expect(isUrlOf("https://one.example/api/orders", beta, origins)).toBe(true);
  expect(isUrlOf("https://two.example:8443/base/api/orders", beta, origins)).toBe(true);
  const odd = rest(undefined, { apiId: "constructor" });
  const own = EXECUTE_API.replace("a1b2c3d4e5", "constructor");
  expect(isUrlOf("https://one.example/api/orders", odd, origins)).toBe(false);
  expect(isUrlOf(`${own}/prod/api/orders`, odd, origins)).toBe(true);
});

test("takes no URL but that of the path, whatever comes, and never throws", () => {
  const anywhere = fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string());
  fc.assert(
    fc.property(anywhere, fc.string({ unit: "binary" }), fc.boolean(), (url, path, isHttp) => {
      const request = isHttp ? http(`/${path}`) : rest(`/${path}`);
      return !isUrlOf(url, request, ORIGINS) || new URL(url).host.startsWith("a");
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.webPath(), fc.webPath(), (asked, path) => {
      const is = isUrlOf(`https://api.example.com/v1${asked}`, rest(path || "/"), ORIGINS);
      const plain = (one: string) => new URL(`https://x.invalid${one}`).pathname.replace(/^\/v1$/, "/v1/");
      const [meant, own] = [plain(`/v1${asked}`), `/v1${plain(path || "/")}`];
      if (meant === own) expect(is).toBe(true);
      else if (is) expect(decodeURIComponent(meant)).toBe(decodeURIComponent(own));
    }),
    { numRuns: 2000 },
  );
});

test("A configured address over http, or with several slashes at its end, counts as it is written", () => {
  const origins = { "a1b2c3d4e5/prod": ["http://localhost:8080", "https://api.example.com/v2//"] };
  expect(isUrlOf("http://localhost:8080/api/orders", rest(), origins)).toBe(true);
  expect(isUrlOf("https://api.example.com/v2/api/orders", rest(), origins)).toBe(true);
});

test("A URL with a password and no name, and one that holds another scheme, are other URLs", () => {
  expect(isUrlOf("https://:secret@api.example.com/v1/api/orders", rest(), ORIGINS)).toBe(false);
  expect(isUrlOf("xwss://api.example.com/v1", connection, ORIGINS)).toBe(false);
});

test("Only the scheme of a WebSocket API's address is read as HTTP, not the same letters in its path", () => {
  const origins = { "a1b2c3d4e5/prod": ["https://api.example.com/wss:"] };
  expect(isUrlOf("https://api.example.com/wss:", connection, origins)).toBe(true);
  expect(isUrlOf("https://api.example.com/https:", connection, origins)).toBe(false);
});

test("An escape is compared in capitals, whichever of both has it", () => {
  expect(isUrlOf("https://api.example.com/v1/a%2F", rest("/a%2f"), ORIGINS)).toBe(true);
  expect(isUrlOf("https://api.example.com/v1/a%2f", rest("/a%2F"), ORIGINS)).toBe(true);
});
