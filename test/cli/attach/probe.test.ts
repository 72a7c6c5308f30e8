import { classifyAnswer } from "../../../cli/attach/probe.ts";

const HTTP = { "apigw-requestid": "r1" };

test.each<[string, number, Record<string, string>, string, object]>([
  [
    "Sallyport, by its words",
    401,
    {},
    '{"reason":"token-expired","decisionId":"d"}',
    { by: "sallyport", reason: "token-expired" },
  ],
  ["a REST API", 403, { "x-amzn-errortype": "AccessDeniedException" }, "{}", { by: "gateway" }],
  ["an HTTP API", 403, HTTP, '{"message":"Forbidden"}', { by: "gateway" }],
  ["a back end in the same words", 403, {}, '{"message":"Forbidden"}', { by: "unknown" }],
  ["a back end with its own reasons", 400, {}, '{"reason":"no stock"}', { by: "unknown" }],
  [
    "a REST API without that method",
    403,
    { "x-amzn-errortype": "MissingAuthenticationTokenException" },
    "",
    { noRoute: true },
  ],
  ["an HTTP API without that route", 404, HTTP, '{"message":"Not Found"}', { noRoute: true }],
  ["a back end that knows no such thing", 404, {}, '{"message":"Not Found"}', { by: "unknown" }],
  [
    "a REST API that cannot ask",
    500,
    { "x-amzn-errortype": "AuthorizerFailureException" },
    "",
    { failed: true },
  ],
  ["our answer to that", 500, {}, '{"error":"internal-fault","requestId":"r"}', { failed: true }],
  ["a back end that fails", 500, {}, "not JSON", { by: "unknown" }],
  ["a back end that answers null", 200, {}, "null", { by: "unknown" }],
])("%s", (_, status, headers, body, expected) => {
  const answer = classifyAnswer(status, new Headers(headers), body);
  expect(answer).toMatchObject({ status, ...expected });
  expect(Object.keys(answer).sort()).toEqual(Object.keys({ status, by: "", ...expected }).sort());
});
