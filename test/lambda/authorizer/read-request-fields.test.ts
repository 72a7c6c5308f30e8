import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { connectEvent } from "../../support/gateway/connect-event.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";

const NOW = 1_790_000_000_000;
const read = (event: unknown, geo: "none" | "cloudfront" = "none") => readRequest(event, geo, NOW);
const API = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5";

const UNREADABLE = {
  flaw: "request-malformed",
  arn: "",
  partition: "",
  region: "",
  accountId: "",
  apiId: "",
  stage: "",
  method: "",
  path: "",
  credentials: { status: "absent" },
  receivedAt: NOW,
};

describe("an event that cannot be read", () => {
  test.each([
    ["no type", {}, "rest-request"],
    ["another type", { ...restEvent(), type: "SIMPLE" }, "rest-request"],
    ["a TOKEN event with a version", { ...tokenEvent(), version: "2.0" }, "rest-request"],
    ["an unknown version", { ...restEvent(), version: "9" }, "rest-request"],
    ["no ARN", { ...tokenEvent(), methodArn: undefined }, "rest-token"],
    ["no ARN of a route", { ...httpEvent(), routeArn: "" }, "http-2.0"],
    ["an ARN after other text", { ...restEvent(), methodArn: `x${restEvent().methodArn}` }, "rest-request"],
    ["an ARN without a method", { ...restEvent(), methodArn: `${API}/prod` }, "rest-request"],
  ])("holds nothing of it: %s", (_, event, kind) => {
    expect(read(event)).toStrictEqual({ kind, ...UNREADABLE });
  });
});

test("a request holds only what its event has", () => {
  const { resource: _, ...event } = restEvent();
  expect(read({ ...event, requestContext: {} })).toStrictEqual({
    kind: "rest-request",
    arn: `${API}/prod/GET/api/orders`,
    partition: "aws",
    region: "eu-central-1",
    accountId: "111122223333",
    apiId: "a1b2c3d4e5",
    stage: "prod",
    method: "GET",
    path: "/api/orders",
    credentials: { status: "absent" },
    enforcement: "all",
    receivedAt: NOW,
  });
});

test("an ARN without a path is the route /", () => {
  expect(read({ ...restEvent(), methodArn: `${API}/prod/GET` })).toMatchObject({ method: "GET", path: "/" });
});

test.each([
  ["REST", { ...restEvent(), routeKey: "GET /other" }, "/api/{proxy+}"],
  ["HTTP 1.0", { ...http1Event(), routeKey: "GET /other" }, "/api/{proxy+}"],
  ["HTTP 2.0", { ...httpEvent(), resource: "/other" }, "GET /api/{proxy+}"],
  ["WebSocket", { ...connectEvent(), routeKey: "other", resource: "/other" }, "$connect"],
])("the route of a %s event is where API Gateway puts it", (_, event, route) => {
  expect(read(event).route).toBe(route);
});

test.each([
  ["REST", restEvent(), { requestContext: { identity: { clientCert: { clientCertPem: "PEM" } } } }],
  ["HTTP 1.0", http1Event(), { requestContext: { identity: { clientCert: { clientCertPem: "PEM" } } } }],
  [
    "HTTP 2.0",
    httpEvent(),
    { requestContext: { http: { method: "GET" }, authentication: { clientCert: { clientCertPem: "PEM" } } } },
  ],
])("the client certificate of a %s event is where API Gateway puts it", (_, event, more) => {
  expect(read({ ...event, ...more })).toMatchObject({ certificate: "PEM" });
});

test("a certificate in the place of another kind of event is ignored", () => {
  const clientCert = { clientCertPem: "PEM" };
  const rest = { ...restEvent(), requestContext: { authentication: { clientCert } } };
  const http = { ...httpEvent(), requestContext: { http: { method: "GET" }, identity: { clientCert } } };
  expect([read(rest).certificate, read(http).certificate]).toEqual([undefined, undefined]);
});

test("the user agent comes from the header where the context has none", () => {
  const event = { ...restEvent({ headers: { "User-Agent": "curl/8" } }), requestContext: {} };
  expect(read(event).userAgent).toBe("curl/8");
});

test.each([
  ["lower case", "get"],
  ["with a blank", "GET "],
  ["of two words", "GET X"],
  ["of 21 letters", "A".repeat(21)],
])("a method %s is malformed", (_, method) => {
  expect(read(restEvent({ method })).flaw).toBe("request-malformed");
});

test("a method may have 20 letters, and an ARN 512 characters", () => {
  expect(read(restEvent({ method: "A".repeat(20) })).flaw).toBeUndefined();
  const rest = 512 - restEvent({ path: "/" }).methodArn.length;
  expect(read(restEvent({ path: `/${"a".repeat(rest)}` })).flaw).toBeUndefined();
  expect(read(restEvent({ path: `/${"a".repeat(rest + 1)}` })).flaw).toBe("request-malformed");
});

describe("a header without a scheme", () => {
  const reason = (authorization: string) => read(restEvent({ authorization })).credentials;

  test.each(["aaa.bbb.ccc", " \t aaa.bbb.ccc\t ", "a-_9.b-_9.c-_9", "aaa.bbb."])(
    "is said to lack one where it is a JWT: %j",
    (header) => {
      expect(reason(header)).toEqual({ status: "unusable", reason: "token-scheme-missing" });
    },
  );

  test.each([
    "aaa.bbb",
    "aaa.bbb.ccc.ddd",
    "aaa..ccc",
    ".bbb.ccc",
    "token aaa.bbb.ccc",
    "aaa.bbb.ccc more",
    "aaa.bbb.c!c",
  ])("has no token where it is not: %j", (header) => {
    expect(reason(header)).toEqual({ status: "unusable", reason: "token-missing" });
  });
});

const TOO_LONG = { status: "unusable", reason: "token-too-large" };

test.each([
  ["  \tBearer   abc \t", { status: "bearer", scheme: "Bearer" }],
  ["xBearer abc", { status: "unusable", reason: "token-missing" }],
  ["my bearer abc", { status: "unusable", reason: "token-missing" }],
  ["Bearer abc x", { status: "unusable", reason: "token-malformed" }],
  ["\tBearer", { status: "unusable", reason: "token-malformed" }],
  ["xBearer", { status: "unusable", reason: "token-missing" }],
  ["Bearers abc", { status: "unusable", reason: "token-missing" }],
  [" \t ", { status: "absent" }],
  [`Bearer ${"a".repeat(8185)}`, { status: "bearer" }],
  [`Bearer ${"a".repeat(8186)}`, TOO_LONG],
])("credentials of %j are read", (authorization, expected) => {
  expect(read(restEvent({ authorization })).credentials).toMatchObject(expected);
});

test.each([[undefined], [7], [["Bearer abc"]]])("a TOKEN event with %j has no credentials", (sent) => {
  expect(read({ ...tokenEvent(), authorizationToken: sent }).credentials).toEqual({ status: "absent" });
});

test("a proof may have 4,096 characters, and does not change credentials that are unusable", () => {
  const proofed = (DPoP: string, authorization = "DPoP abc") =>
    read(restEvent({ authorization, headers: { DPoP } }));
  expect(proofed(`a.b.${"c".repeat(4092)}`).proof).toBeDefined();
  expect(proofed("no proof", "Basic x").credentials).toEqual({ status: "unusable", reason: "token-missing" });
});

test("only a percent sign that begins no escape is a character of an HTTP API's path", () => {
  expect(read(httpEvent({ path: "/a/100%2x/%2f" })).path).toBe("/a/100%252x/%2f");
});

describe("CloudFront's headers", () => {
  const place = (headers: Record<string, string>) => {
    const all = {
      "CloudFront-Viewer-Country": "DE",
      "CloudFront-Viewer-City": "Ulm",
      "CloudFront-Viewer-Latitude": "48.4",
      "CloudFront-Viewer-Longitude": "10",
      ...headers,
    };
    return read(restEvent({ headers: all }), "cloudfront").location;
  };

  test.each(["de", "DEU", "D", "xDE", ""])("a country of %j gives no location", (country) => {
    expect(place({ "CloudFront-Viewer-Country": country })).toBeUndefined();
  });

  test("no country gives no location", () => {
    const headers = { "CloudFront-Viewer-City": "Ulm" };
    expect(read(restEvent({ headers }), "cloudfront")).not.toHaveProperty("location");
  });

  test.each([
    ["Latitude", "90.1"],
    ["Latitude", "-91"],
    ["Latitude", ""],
    ["Latitude", " "],
    ["Latitude", "north"],
    ["Longitude", "180.5"],
    ["Longitude", " "],
  ])("a %s of %j gives the country alone", (name, value) => {
    expect(place({ [`CloudFront-Viewer-${name}`]: value })).toEqual({ country: "DE" });
  });

  test("a place at the bounds counts", () => {
    const bounds = { "CloudFront-Viewer-Latitude": "-90", "CloudFront-Viewer-Longitude": "180" };
    expect(place(bounds)).toEqual({ country: "DE", city: "Ulm", latitude: -90, longitude: 180 });
  });

  test("a place without one of its coordinates is a country", () => {
    const headers = { "CloudFront-Viewer-Country": "DE", "CloudFront-Viewer-City": "Ulm" };
    for (const [name, value] of [
      ["Latitude", "48.4"],
      ["Longitude", "10"],
    ]) {
      const one = restEvent({ headers: { ...headers, [`CloudFront-Viewer-${name}`]: value as string } });
      expect(read(one, "cloudfront").location).toEqual({ country: "DE" });
    }
  });

  test("an address that is missing is none", () => {
    const event = { ...restEvent(), requestContext: {} };
    expect(read(event, "cloudfront")).not.toHaveProperty("sourceIp");
  });
});

describe("headers", () => {
  test("an HTTP 2.0 event has them in headers alone", () => {
    const event = {
      ...httpEvent({ authorization: "Bearer a" }),
      multiValueHeaders: { authorization: ["x"] },
    };
    expect(read(event).credentials).toMatchObject({ status: "bearer" });
  });

  test("a TOKEN event has none", () => {
    const event = { ...tokenEvent({ authorization: "Bearer a" }), headers: { dpop: "a.b.c" } };
    expect(read(event).credentials).toMatchObject({ status: "bearer" });
    expect(read(event)).not.toHaveProperty("proof");
  });

  test("of an event that has none to read are not missed", () => {
    const event = { ...restEvent(), multiValueHeaders: { Authorization: [7] }, requestContext: {} };
    expect(read(event, "cloudfront")).toMatchObject({ flaw: "request-malformed" });
    expect(read(event)).not.toHaveProperty("userAgent");
  });

  test.each([
    ["a text", "x"],
    ["a number", 7],
  ])("headers that are %s make an event malformed", (_, headers) => {
    expect(read({ ...httpEvent(), headers }).flaw).toBe("request-malformed");
  });
});
