import type { AccessResult } from "../../../domain/decision/access-result.ts";
import { type Decision, denial } from "../../../domain/decision/decision.ts";
import type { DeviceAssessment } from "../../../domain/evidence/assess-device.ts";
import type { Caller } from "../../../domain/evidence/identity.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { answeredStatus, renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { identity } from "../../support/domain/identities.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";

const verified = identity({ roles: ["admin", "a,b", 'say "hi"\\'] });
const allow: Decision = {
  outcome: "allow",
  reasons: ["policy-permits"],
  policies: ["p"],
  monitored: [],
  segments: [],
};
const device: DeviceAssessment = {
  trust: "medium",
  proven: false,
  registered: false,
  posture: "none",
  reasons: ["not-registered"],
};
const stepUp: Decision = {
  outcome: "step-up",
  reasons: ["risk-elevated"],
  policies: ["p"],
  monitored: [],
  segments: [],
  challenge: { kind: "mfa", acrValues: ["urn:mfa"], maxAge: 300 },
};
const result = (event: unknown, decision: Decision, caller: Caller = verified): AccessResult => ({
  decisionId: "id-1",
  request: readRequest(event, "none", 0),
  caller,
  risk: { status: "known" },
  ...(caller.status === "verified" && { device, riskScore: 12 }),
  digests: DIGESTS,
  decision,
  enforced: true,
  latency: { verify: 0, risk: 0, evaluate: 0, total: 0 },
});

describe("renderResponse", () => {
  test("says of a caller who is not verified that nothing is known", () => {
    const denied = result(httpEvent(), denial("token-expired"), {
      status: "unverified",
      reason: "token-expired",
    });
    expect(renderResponse(denied)).toEqual({
      isAuthorized: false,
      context: {
        issuer: "",
        userId: "",
        roles: "",
        deviceTrust: "unknown",
        sessionId: "",
        riskScore: -1,
        decisionId: "id-1",
        decision: "deny",
        enforced: "true",
        reason: "token-expired",
        error: "invalid_token",
        challenge: "",
        wwwAuthenticate: expect.stringMatching(/^Bearer /),
        dpopNonce: "",
      },
    });
  });

  test("keeps the roles of a REST API, however many", () => {
    const roles = Array.from({ length: 200 }, (_, index) => `${"role".repeat(20)}-${index}`);
    const { context } = renderResponse(result(restEvent(), allow, identity({ roles })));
    expect(String(context.roles).split(",")).toEqual(roles);
  });

  test.each([
    ["REST", restEvent(), 401],
    ["REST token", tokenEvent(), 401],
    ["HTTP 1.0", http1Event(), 403],
    ["HTTP 2.0", httpEvent(), 403],
  ])("a denial on %s is answered with the status of its kind", (_, event, status) => {
    expect(answeredStatus(result(event, denial("token-expired")))).toBe(status);
  });

  test.each([
    ["REST", restEvent()],
    ["REST token", tokenEvent()],
    ["HTTP 1.0", http1Event()],
  ])("allows this one route and path on %s", (_, event) => {
    expect(renderResponse(result(event, allow))).toMatchObject({
      principalId: "alice",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: event.methodArn }],
      },
    });
  });

  test("answers HTTP 2.0 with a real boolean", () => {
    expect(renderResponse(result(httpEvent(), allow))).toMatchObject({ isAuthorized: true });
    expect(renderResponse(result(httpEvent(), stepUp))).toMatchObject({ isAuthorized: false });
    expect(renderResponse(result(httpEvent(), denial("token-expired")))).toMatchObject({
      isAuthorized: false,
    });
  });

  test("gives the backend a flat context whose values cannot break out of a header or a JSON string", () => {
    const { context } = renderResponse(result(restEvent(), allow));
    expect(context).toEqual({
      issuer: "https://issuer.example",
      userId: "alice",
      roles: "admin,a%2Cb,say%20%22hi%22%5C",
      deviceTrust: "medium",
      sessionId: "s1",
      riskScore: 12,
      decisionId: "id-1",
      decision: "allow",
      enforced: "true",
      reason: "policy-permits",
      error: "",
      challenge: "",
      wwwAuthenticate: "",
      dpopNonce: "",
    });
  });

  test("has the same keys in every outcome", () => {
    const keys = Object.keys(renderResponse(result(restEvent(), allow)).context);
    for (const decision of [stepUp, denial("token-missing")]) {
      expect(Object.keys(renderResponse(result(restEvent(), decision)).context)).toEqual(keys);
    }
  });

  test("words a step-up as RFC 9470 does", () => {
    expect(renderResponse(result(restEvent(), stepUp))).toMatchObject({
      policyDocument: { Statement: [{ Effect: "Deny" }] },
      context: {
        error: "insufficient_user_authentication",
        reason: "risk-elevated",
        challenge: "mfa",
        sessionId: "s1",
        wwwAuthenticate:
          'Bearer error="insufficient_user_authentication", ' +
          'error_description="The user\'s risk requires a fresh multi-factor authentication.", ' +
          'acr_values="urn:mfa", max_age="300"',
      },
    });
  });

  test.each([
    // RFC 6750 §3: a request without authentication information gets no error code.
    ["token-missing", "unauthorized", "Bearer"],
    [
      "token-expired",
      "invalid_token",
      'Bearer error="invalid_token", error_description="The token has expired."',
    ],
    ["risk-unavailable", "temporarily_unavailable", "Bearer"],
    ["internal-fault", "server_error", "Bearer"],
  ] as const)("words %s for the client", (reason, error, wwwAuthenticate) => {
    const response = renderResponse(result(restEvent(), denial(reason), { status: "unverified", reason }));
    expect(response).toMatchObject({
      principalId: "unverified",
      context: { userId: "", error, reason, wwwAuthenticate },
    });
  });

  const ALGS = 'algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 RS256"';
  test.each([
    // A bound token that came as a bearer token.
    ["Bearer t", "proof-missing", 'DPoP error="invalid_token"'],
    ["DPoP t", "proof-invalid", 'DPoP error="invalid_dpop_proof"'],
    ["DPoP t", "proof-replayed", 'DPoP error="invalid_dpop_proof"'],
    ["DPoP t", "proof-nonce-required", 'DPoP error="use_dpop_nonce"'],
    ["DPoP t", "token-expired", 'DPoP error="invalid_token"'],
    ["DPoP t", "replay-store-unavailable", "DPoP algs="],
  ] as const)("challenges %s refused for %s by DPoP", (authorization, reason, begins) => {
    const denied = result(restEvent({ authorization }), denial(reason), { status: "unverified", reason });
    const { wwwAuthenticate } = renderResponse({ ...denied, dpopNonce: "n-1" }).context;
    expect(String(wwwAuthenticate).startsWith(begins)).toBe(true);
    expect(String(wwwAuthenticate).endsWith(ALGS)).toBe(true);
    expect(renderResponse({ ...denied, dpopNonce: "n-1" }).context.dpopNonce).toBe("n-1");
  });

  test("asks for a step-up by the scheme that the token came by", () => {
    const denied = result(restEvent({ authorization: "DPoP t" }), stepUp);
    expect(renderResponse(denied).context.wwwAuthenticate).toBe(
      'DPoP error="insufficient_user_authentication", ' +
        'error_description="The user\'s risk requires a fresh multi-factor authentication.", ' +
        `acr_values="urn:mfa", max_age="300", ${ALGS}`,
    );
  });

  test("refuses a certificate's mismatch as RFC 8705 does", () => {
    const reason = "certificate-mismatch";
    const denied = result(restEvent(), denial(reason), { status: "unverified", reason });
    expect(renderResponse(denied).context.wwwAuthenticate).toMatch(/^Bearer error="invalid_token", /);
  });

  test("denies everything where the ARN cannot be used in a policy", () => {
    const response = renderResponse(result(restEvent({ path: "/api/*" }), denial("request-malformed")));
    expect(response).toMatchObject({ policyDocument: { Statement: [{ Effect: "Deny", Resource: "*" }] } });
  });

  test("keeps a lone surrogate from breaking the answer", () => {
    const odd = { ...verified, subject: "a\ud800b" };
    expect(renderResponse(result(restEvent(), allow, odd))).toMatchObject({
      principalId: "a%EF%BF%BDb",
    });
  });
});

describe("answeredStatus", () => {
  test("is what each kind of API can say", () => {
    expect(answeredStatus(result(restEvent(), denial("token-missing")))).toBe(401);
    expect(answeredStatus(result(httpEvent(), denial("token-missing")))).toBe(403);
    expect(answeredStatus(result(http1Event(), denial("token-missing")))).toBe(403);
    expect(answeredStatus(result(restEvent(), allow))).toBeUndefined();
  });
});
