import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";

const NOW = 1_790_000_000_000;
const read = (event: unknown, geo: "none" | "cloudfront" = "none") => readRequest(event, geo, NOW);
const CAPTURES = join(__dirname, "../../../../shared/vectors/gateway-events");

describe("readRequest", () => {
  test.each([
    ["rest-request", restEvent({ authorization: "Bearer abc" })],
    ["rest-token", tokenEvent({ authorization: "Bearer abc" })],
    ["http-1.0", http1Event({ authorization: "Bearer abc" })],
    ["http-2.0", httpEvent({ authorization: "Bearer abc" })],
  ])("reads a %s event", (kind, event) => {
    const request = read(event);
    expect(request).toMatchObject({
      kind,
      accountId: "111122223333",
      apiId: "a1b2c3d4e5",
      method: "GET",
      path: "/api/orders",
      credentials: { status: "bearer" },
      receivedAt: NOW,
    });
    expect(request.flaw).toBeUndefined();
    if (kind !== "rest-token")
      expect(request).toMatchObject({ sourceIp: "203.0.113.7", userAgent: "test-agent/1.0" });
  });

  test("keeps the token out of every way of printing the request", () => {
    const request = read(restEvent({ authorization: "Bearer secret-token" }));
    expect(JSON.stringify(request)).not.toContain("secret");
    expect(require("node:util").inspect(request, { depth: 9, showHidden: true })).not.toContain("secret");
    expect(`${request.credentials.status === "bearer" && request.credentials.token}`).not.toContain("secret");
  });

  test("takes the path below the stage from the ARN, not from the public path of a custom domain", () => {
    const event = { ...restEvent({ path: "/api/admin" }), path: "/v1/api/admin" };
    expect(read(event).path).toBe("/api/admin");
  });

  test.each([
    ["two values", restEvent({ authorization: ["Bearer a", "Bearer b"] })],
    [
      "two casings",
      { ...restEvent(), multiValueHeaders: { Authorization: ["Bearer a"], authorization: ["Bearer b"] } },
    ],
    ["values joined by a comma", httpEvent({ authorization: ["Bearer a", "Bearer b"] })],
    ["a comma in one value", restEvent({ authorization: "Bearer a, Bearer b" })],
  ])("finds credentials ambiguous with %s", (_, event) => {
    expect(read(event).credentials).toEqual({ status: "unusable", reason: "credentials-ambiguous" });
  });

  test.each([
    [undefined, { status: "absent" }],
    ["", { status: "absent" }],
    ["Basic dXNlcjpwYXNz", { status: "unusable", reason: "token-missing" }],
    ["Bearer", { status: "unusable", reason: "token-malformed" }],
    ["Bearer a b", { status: "unusable", reason: "token-malformed" }],
    ["Bearer ä", { status: "unusable", reason: "token-malformed" }],
    [`Bearer ${"a".repeat(8192)}`, { status: "unusable", reason: "token-too-large" }],
  ])("reads credentials from %p", (authorization, expected) => {
    expect(read(restEvent(authorization === undefined ? {} : { authorization })).credentials).toEqual(
      expected,
    );
  });

  test.each([
    [undefined, undefined],
    [["a.b.c"], "a.b.c"],
  ])("reads the DPoP header from %p", (dpop, expected) => {
    const event = restEvent({ authorization: "dpop abc" });
    const multiValueHeaders = { ...event.multiValueHeaders, ...(dpop && { DPoP: dpop }) };
    const request = read({ ...event, multiValueHeaders });
    expect(request.credentials).toMatchObject({ status: "bearer", scheme: "DPoP" });
    expect(request.proof?.reveal()).toBe(expected);
    expect(JSON.stringify(request)).not.toContain("a.b.c");
  });

  test.each<[string, Record<string, string[]>]>([
    ["two values", { DPoP: ["a.b.c", "a.b.c"] }],
    ["two casings", { DPoP: ["a.b.c"], dpop: ["a.b.c"] }],
    ["values joined by a comma", { DPoP: ["a.b.c, d.e.f"] }],
    ["nothing", { DPoP: [""] }],
    ["no JWS", { DPoP: ["a.b"] }],
    ["blanks", { DPoP: [" a.b.c"] }],
    ["more than a proof can be", { DPoP: [`a.b.${"c".repeat(4093)}`] }],
  ])("refuses a DPoP header of %s", (_, headers) => {
    for (const authorization of ["DPoP abc", "Bearer abc"]) {
      const event = restEvent({ authorization });
      const request = read({ ...event, multiValueHeaders: { ...event.multiValueHeaders, ...headers } });
      expect(request.credentials).toEqual({ status: "unusable", reason: "proof-invalid" });
      expect(request.proof).toBeUndefined();
    }
  });

  test("sees no proof in a TOKEN event, and none of two in an HTTP API's joined header", () => {
    expect(read(tokenEvent({ authorization: "DPoP abc" }))).toMatchObject({
      credentials: { status: "bearer", scheme: "DPoP" },
    });
    expect(read(tokenEvent({ authorization: "DPoP abc" })).proof).toBeUndefined();
    const joined = httpEvent({ authorization: "DPoP abc", headers: { dpop: "a.b.c,a.b.c" } });
    expect(read(joined).credentials).toEqual({ status: "unusable", reason: "proof-invalid" });
    const one = read(httpEvent({ authorization: "DPoP abc", headers: { dpop: "a.b.c" } }));
    expect(one.proof?.reveal()).toBe("a.b.c");
  });

  test.each([7, "", null, { pem: 1 }])("takes %p for no certificate", (clientCertPem) => {
    const event = { ...restEvent(), requestContext: { identity: { clientCert: { clientCertPem } } } };
    expect(read(event).certificate).toBeUndefined();
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["an array", []],
    ["a string", "event"],
    ["no type", { methodArn: restEvent().methodArn }],
    ["an unknown version", { ...httpEvent(), version: "3.0" }],
    ["no ARN", { ...restEvent(), methodArn: undefined }],
    ["an ARN of another service", { ...restEvent(), methodArn: "arn:aws:s3:::bucket/key" }],
    ["a wildcard in the path", restEvent({ path: "/api/*" })],
    ["a question mark in the path", restEvent({ path: "/api/order?" })],
    ["a policy variable in the path", restEvent({ path: ["/api/$", "{aws:x}"].join("") })],
    ["an ARN too long for a policy", restEvent({ path: `/api/${"a".repeat(512)}` })],
    ["headers of a wrong type", { ...restEvent(), multiValueHeaders: { Authorization: [7] } }],
    ["a header map that is a list", { ...httpEvent(), headers: ["authorization"] }],
    ["another method than the ARN's", { ...restEvent(), httpMethod: "DELETE" }],
    ["another method than the ARN's (HTTP)", { ...httpEvent(), requestContext: { http: { method: "PUT" } } }],
    [
      "a WebSocket connect",
      { ...restEvent(), methodArn: `${restEvent().methodArn.split("/")[0]}/prod/$connect` },
    ],
  ])("calls an event with %s malformed", (_, event) => {
    expect(read(event).flaw).toBe("request-malformed");
  });

  test("ignores CloudFront's headers unless the deployment trusts them", () => {
    const headers = {
      "CloudFront-Viewer-Country": "DE",
      "CloudFront-Viewer-City": "Frankfurt am Main",
      "CloudFront-Viewer-Latitude": "50.11",
      "CloudFront-Viewer-Longitude": "8.68",
      "CloudFront-Viewer-Address": "2001:db8::7:46532",
    };
    expect(read(restEvent({ headers }))).toMatchObject({ sourceIp: "203.0.113.7" });
    expect(read(restEvent({ headers })).location).toBeUndefined();
    expect(read(restEvent({ headers }), "cloudfront")).toMatchObject({
      sourceIp: "2001:db8::7",
      location: { country: "DE", city: "Frankfurt am Main", latitude: 50.11, longitude: 8.68 },
    });
  });

  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8::7", "2001:db8::7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::ffff:cb00:7107", "203.0.113.7"],
    ["64:ff9b::203.0.113.7", "64:ff9b::cb00:7107"],
    ["fe80::1%eth0", undefined],
    ["localhost", undefined],
    ["203.0.113.7/8", undefined],
  ])("reads the address %s as %s", (sourceIp, expected) => {
    expect(read(restEvent({ sourceIp })).sourceIp).toBe(expected);
  });

  test("takes a bare percent sign of a decoded path for a character", () => {
    expect(read(httpEvent({ path: "/api/x/100%" })).path).toBe("/api/x/100%25");
    expect(read(httpEvent({ path: "/api/x/%2e" })).path).toBe("/api/x/%2e");
    expect(read(restEvent({ path: "/api/x/100%" })).path).toBe("/api/x/100%");
  });

  test("takes a place without a city for a country only", () => {
    const headers = {
      "CloudFront-Viewer-Country": "DE",
      "CloudFront-Viewer-Latitude": "51",
      "CloudFront-Viewer-Longitude": "9",
    };
    expect(read(restEvent({ headers }), "cloudfront").location).toEqual({ country: "DE" });
  });

  const captured = existsSync(CAPTURES)
    ? readdirSync(CAPTURES).filter((name) => /authorizer-request|authorizer-token/.test(name))
    : [];
  (captured.length > 0 ? test.each(captured) : test.skip.each(["captures are not here"]))(
    "reads the capture %s",
    (name) => {
      const request = read(JSON.parse(readFileSync(join(CAPTURES, name), "utf8")));
      expect(request.flaw).toBeUndefined();
      expect(request.path).toMatch(/^\/[a-z-]+$/);
    },
  );
});
