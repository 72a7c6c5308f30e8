import fc from "fast-check";
import type { WebSocketSettings } from "../../../contract/settings.ts";
import type { Decision } from "../../../domain/decision/decision.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { isWebSocketArn } from "../../../lambda/authorizer/read-websocket.ts";
import {
  answeredStatus,
  type PolicyResponse,
  renderResponse,
} from "../../../lambda/authorizer/render-response.ts";
import { accessResult } from "../../support/domain/access-events.ts";
import { identity } from "../../support/domain/identities.ts";
import { ARN, connectEvent, type Handshake } from "../../support/gateway/connect-event.ts";
import { restEvent } from "../../support/gateway/gateway-events.ts";

const QUERY = { queryParameter: "access_token" };

const read = (event: unknown, settings?: WebSocketSettings) => readRequest(event, "none", 0, settings);
const tokenOf = (event: unknown, settings?: WebSocketSettings) => {
  const { credentials } = read(event, settings);
  if (credentials.status === "bearer") return `${credentials.scheme} ${credentials.token.reveal()}`;
  return credentials.status === "absent" ? "absent" : credentials.reason;
};

describe("a request for a WebSocket connection", () => {
  test("is read as one, by the names that policies know", () => {
    expect(read(connectEvent({ headers: { Authorization: "Bearer t.o.k" } }))).toEqual({
      kind: "websocket",
      enforcement: "all",
      arn: ARN,
      partition: "aws",
      region: "eu-central-1",
      accountId: "111122223333",
      apiId: "a1b2c3d4e5",
      stage: "prod",
      method: "CONNECT",
      path: "/$connect",
      route: "$connect",
      requestId: "X0kF2GvwFiAFfBQ=",
      sourceIp: "203.0.113.7",
      userAgent: "test-agent/1.0",
      credentials: expect.objectContaining({ status: "bearer", scheme: "Bearer" }),
      receivedAt: 0,
    });
  });

  test.each([
    ["a message", { eventType: "MESSAGE" }],
    ["an end", { eventType: "DISCONNECT" }],
    ["another route", { routeKey: "$default" }],
    ["no connection", { connectionId: undefined }],
    ["an empty connection", { connectionId: "" }],
  ])("is flawed with the context of %s", (_, context) => {
    expect(read(connectEvent({ context }))).toMatchObject({ flaw: "request-malformed" });
  });

  test.each([
    ["$disconnect", `${ARN.replace("$connect", "$disconnect")}`],
    ["$default", `${ARN.replace("$connect", "$default")}`],
    ["a path below", `${ARN}/x`],
    ["a wildcard", `${ARN.replace("$connect", "*")}`],
  ])("is none with the ARN of %s, and flawed as anything else", (_, methodArn) => {
    expect(read(connectEvent({ methodArn }))).toMatchObject({ flaw: "request-malformed" });
  });

  test("cannot be feigned by a REST API's path, nor a REST request by a connection's context", () => {
    const rest = restEvent({ path: "/$connect", authorization: "Bearer t.o.k" });
    const feigned = { ...rest, requestContext: { ...rest.requestContext, ...connectEvent().requestContext } };
    for (const event of [rest, feigned]) {
      expect(read(event)).toMatchObject({ kind: "rest-request", method: "GET", path: "/$connect" });
    }
  });
});

describe("a handshake's token", () => {
  test.each<[string, Handshake, string]>([
    ["in the header", { headers: { Authorization: "Bearer t.o.k" } }, "Bearer t.o.k"],
    ["for DPoP in the header", { headers: { authorization: "DPoP t.o.k" } }, "DPoP t.o.k"],
    ["as a protocol", { headers: { "Sec-WebSocket-Protocol": "sallyport.bearer, t.o.k" } }, "Bearer t.o.k"],
    [
      "among other protocols",
      { headers: { "sec-websocket-protocol": "graphql-ws,sallyport.bearer,t.o.k , chat" } },
      "Bearer t.o.k",
    ],
    [
      "in two headers of protocols",
      { headers: { "Sec-WebSocket-Protocol": ["sallyport.bearer", "t.o.k"] } },
      "Bearer t.o.k",
    ],
    ["nowhere", {}, "absent"],
    ["as a protocol of no name", { headers: { "Sec-WebSocket-Protocol": "t.o.k" } }, "absent"],
    ["as another protocol", { headers: { "Sec-WebSocket-Protocol": "Sallyport.Bearer, t.o.k" } }, "absent"],
    ["left out", { headers: { "Sec-WebSocket-Protocol": "chat, sallyport.bearer" } }, "token-malformed"],
    ["left empty", { headers: { "Sec-WebSocket-Protocol": "sallyport.bearer,,chat" } }, "token-malformed"],
    [
      "twice",
      { headers: { "Sec-WebSocket-Protocol": "sallyport.bearer, t.o.k, sallyport.bearer, u.o.k" } },
      "credentials-ambiguous",
    ],
    [
      "in the header and as a protocol",
      { headers: { Authorization: "Bearer t.o.k", "Sec-WebSocket-Protocol": "sallyport.bearer, t.o.k" } },
      "credentials-ambiguous",
    ],
    [
      "too long",
      { headers: { "Sec-WebSocket-Protocol": `sallyport.bearer, ${"t".repeat(9000)}` } },
      "token-too-large",
    ],
    ["in the query, unasked for", { query: { access_token: ["t.o.k"] } }, "absent"],
  ])("%s", (_, handshake, found) => {
    expect(tokenOf(connectEvent(handshake))).toBe(found);
  });

  test.each<[string, Handshake, string]>([
    ["once", { query: { access_token: ["t.o.k"] } }, "Bearer t.o.k"],
    ["twice", { query: { access_token: ["t.o.k", "t.o.k"] } }, "credentials-ambiguous"],
    ["empty", { query: { access_token: [""] } }, "token-malformed"],
    ["with a blank", { query: { access_token: ["t.o.k x"] } }, "token-malformed"],
    ["under another name", { query: { Access_Token: ["t.o.k"] } }, "absent"],
    [
      "beside the header",
      { headers: { Authorization: "Bearer t.o.k" }, query: { access_token: ["t.o.k"] } },
      "credentials-ambiguous",
    ],
    [
      "beside the protocol",
      {
        headers: { "Sec-WebSocket-Protocol": "sallyport.bearer, t.o.k" },
        query: { access_token: ["t.o.k"] },
      },
      "credentials-ambiguous",
    ],
  ])("in the query, asked for, %s", (_, handshake, found) => {
    expect(tokenOf(connectEvent(handshake), QUERY)).toBe(found);
  });

  test("is found in a query without lists, and never on a prototype", () => {
    const { multiValueQueryStringParameters: _, ...event } = connectEvent({
      query: { access_token: ["t.o.k"] },
    });
    expect(tokenOf(event, QUERY)).toBe("Bearer t.o.k");
    expect(tokenOf(connectEvent(), { queryParameter: "toString" })).toBe("absent");
  });

  test("counts for WebSocket APIs alone", () => {
    const headers = { "Sec-WebSocket-Protocol": "sallyport.bearer, t.o.k" };
    const event = { ...restEvent({ headers }), multiValueQueryStringParameters: { access_token: ["t.o.k"] } };
    expect(tokenOf(event, QUERY)).toBe("absent");
  });

  test("is never printed, whatever is sent", () => {
    const secret = "s3cr3t.s3cr3t.s3cr3t";
    const headers = { "Sec-WebSocket-Protocol": `sallyport.bearer, ${secret}` };
    const request = read(connectEvent({ headers, query: { access_token: [secret] } }), QUERY);
    expect(JSON.stringify(request)).not.toContain("s3cr3t");
  });

  test("makes nothing throw, however odd the event", () => {
    const odd = fc.oneof(fc.anything({ maxDepth: 2 }), fc.string(), fc.array(fc.string()));
    fc.assert(
      fc.property(odd, odd, odd, odd, (headers, protocol, query, context) => {
        for (const change of [
          { headers, multiValueHeaders: headers },
          { multiValueHeaders: { "Sec-WebSocket-Protocol": protocol } },
          { multiValueQueryStringParameters: { access_token: query } },
          { multiValueQueryStringParameters: query, queryStringParameters: protocol },
          { requestContext: context },
        ]) {
          expect(read({ ...connectEvent(), ...change }, QUERY).kind).toBe("websocket");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("the answer to a request for a connection", () => {
  const allow: Decision = {
    outcome: "allow",
    reasons: ["policy-permits"],
    policies: [],
    monitored: [],
    segments: [],
  };
  const answer = (change: Parameters<typeof identity>[0], decision: Decision = allow) => {
    const result = {
      ...accessResult(),
      decisionId: "id-1",
      request: read(connectEvent()),
      caller: identity(change),
      decision,
    };
    return { result, response: renderResponse(result) as PolicyResponse };
  };
  const roles = (count: number) => Array.from({ length: count }, (_, nth) => `${nth}-${"r".repeat(90)}`);

  test("is a policy for this connection", () => {
    expect(answer({}).response).toMatchObject({
      principalId: "alice",
      policyDocument: { Statement: [{ Effect: "Allow", Resource: ARN }] },
      context: { roles: "admin", decisionId: "id-1" },
    });
  });

  test("tells no roles where they would make it larger than API Gateway takes", () => {
    expect(answer({ roles: roles(60) }).response.context.roles).toContain("59-rrr");
    const { response } = answer({ roles: roles(100) });
    expect(response).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Allow" }] },
      context: { roles: "", userId: "alice" },
    });
  });

  test("is at most 8 KB, and an allow that does not fit becomes a denial", () => {
    const id = "\u20ac".repeat(255);
    const { response } = answer({ issuer: `https://${id}`, subject: id, sessionId: id, roles: roles(200) });
    expect(response.policyDocument.Statement).toEqual([
      { Action: "execute-api:Invoke", Effect: "Deny", Resource: ARN },
    ]);
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), fc.nat(200), (subject, session, count) => {
        const made = answer({
          subject: "\u20ac".repeat(subject),
          sessionId: "\u20ac".repeat(session),
          roles: roles(count),
        });
        expect(Buffer.byteLength(JSON.stringify(made.response))).toBeLessThanOrEqual(8192);
      }),
      { numRuns: 100 },
    );
  });

  test("is 403 where it is a denial", () => {
    const { result } = answer({}, { ...allow, outcome: "deny", reasons: ["no-policy-permits"] });
    expect(answeredStatus(result)).toBe(403);
  });
});

test.each([
  ["the ARN of a connection", ARN, true],
  ["one with other text before it", `x${ARN}`, false],
  ["one with more behind it", `${ARN}/x`, false],
  ["a list with it", [ARN], false],
])("%s names a WebSocket API: %#", (_, arn, is) => {
  expect(isWebSocketArn(arn)).toBe(is);
});

test("a parameter of the query is read only by its configured name, and only as a text", () => {
  const read = (query: object, webSocket?: { queryParameter: string }) =>
    readRequest({ ...connectEvent(), multiValueQueryStringParameters: query }, "none", 0, webSocket)
      .credentials;
  expect(read({ undefined: ["abc"] })).toEqual({ status: "absent" });
  for (const query of [null, ["t"], "t=abc"]) {
    const event = { ...connectEvent(), multiValueQueryStringParameters: query, queryStringParameters: query };
    const { credentials } = readRequest(event, "none", 0, { queryParameter: "t" });
    expect(credentials).toEqual({ status: "absent" });
  }
  expect(read({ t: ["abc"] }, { queryParameter: "t" })).toMatchObject({ status: "bearer" });
  expect(read({ t: [7] }, { queryParameter: "t" })).toEqual({
    status: "unusable",
    reason: "token-malformed",
  });
});
