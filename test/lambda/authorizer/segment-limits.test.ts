import { join } from "node:path";
import type { JWTPayload } from "jose";
import type { IssuerSettings } from "../../../contract/settings.ts";
import type { TokenLimits } from "../../../domain/evidence/token-limits.ts";
import { type AuthorizerOptions, authorize } from "../../../lambda/authorizer/authorize.ts";
import { describeResult } from "../../../lambda/authorizer/describe-result.ts";
import { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { compilePolicies } from "../../../policy/compile.ts";
import { createPolicyEngine } from "../../../policy/engine.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { restEvent } from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { ISSUER, seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

const policies = compilePolicies(join(__dirname, "../../../policies/default"));
const ask = createPolicyEngine(policies);
const SEGMENTS = { billing: { leeway: 0, maxTokenAge: 900, maxAuthenticationAge: 300 } };
/** The moment of every request: a busy machine must not make tokens older. */
const AT = seconds();
const USER = { device_trust_level: "medium", amr: ["mfa"], sid: "s1", device_id: "d1" };

interface World {
  readonly issuer?: Partial<IssuerSettings>;
  readonly segmentLimits?: Readonly<Record<string, TokenLimits>>;
  /** What introspection says of every opaque token */
  readonly says?: object;
}

/**
 * A deployment whose clock can be moved, with real tokens, the default policies, and nothing held
 * against anyone.
 */
async function deployment({ issuer: more = {}, segmentLimits = SEGMENTS, says }: World = {}) {
  const { verifier, sign: signAt, keySet } = await tokenIssuer(more);
  const sign = (claims: JWTPayload) => signAt({ iat: AT, exp: AT + 300, ...claims });
  const issuer = verifier.issuers.get(ISSUER);
  if (issuer === undefined) throw new Error("no issuer");
  const introspect = async () => ({ claims: { iss: ISSUER, aud: "https://api.example", ...says } });
  const options: AuthorizerOptions = {
    geo: "none",
    timeZone: "UTC",
    countries: [],
    deviceClaimCap: "medium",
    acrValues: { mfa: ["mfa"], "recent-authentication": ["urn:now"] },
    segments: policies.segments,
    issuers: [{ issuer: ISSUER, ...more }],
    segmentLimits,
    digests: DIGESTS,
  };
  const authorized = async (token: string, path: string, later = 0) => {
    const ports = {
      ...strictPorts,
      now: () => (AT + later) * 1000,
      verifier: says === undefined ? verifier : { ...verifier, opaque: { issuer, introspect } },
      readRiskState: async () => ({ status: "known" }) as const,
      ask,
    };
    const result = await authorize(restEvent({ path, authorization: `Bearer ${token}` }), ports, options);
    const { context } = renderResponse(result);
    const { outcome, reasons, segments } = result.decision;
    return { outcome, reasons, segments, context, result, accessEvent: describeResult(result) };
  };
  return { authorized, sign, keySet };
}

const allowed = { outcome: "allow", reasons: ["policy-permits"] };
const denied = (reason: string) => ({ outcome: "deny", reasons: [reason] });
const challenged = { outcome: "step-up", reasons: ["authentication-too-old"] };

describe("limits of a segment", () => {
  test("hold in it and nowhere else, and tell the client how recent the sign-in must be", async () => {
    const { authorized, sign } = await deployment();
    const token = await sign({ ...USER, auth_time: AT - 310 });
    expect(await authorized(token, "/api/orders")).toMatchObject(allowed);
    const { context, ...decision } = await authorized(token, "/api/billing/7");
    expect(decision).toMatchObject({ ...challenged, segments: ["general", "billing"] });
    expect(context).toMatchObject({ reason: "authentication-too-old", challenge: "recent-authentication" });
    expect(context.wwwAuthenticate).toBe(
      'Bearer error="insufficient_user_authentication", error_description="The route requires a more recent authentication.", acr_values="urn:now", max_age="300"',
    );
    expect(await authorized(await sign({ ...USER, auth_time: AT - 200 }), "/api/billing/7")).toMatchObject(
      allowed,
    );
  });

  test("ask a user whose token has no authentication time to authenticate again", async () => {
    const { authorized, sign } = await deployment();
    const { context, ...decision } = await authorized(await sign(USER), "/api/billing/7");
    expect(decision).toMatchObject(challenged);
    expect(context.wwwAuthenticate).toContain('max_age="300"');
  });

  test("leave a final denial of the policies as it is", async () => {
    const { authorized, sign } = await deployment({
      segmentLimits: { admin: { maxAuthenticationAge: 300 } },
    });
    expect(await authorized(await sign(USER), "/api/admin/users")).toMatchObject({ outcome: "deny" });
  });

  test("join a challenge of the policies into one", async () => {
    const { authorized, sign } = await deployment();
    const { context, ...decision } = await authorized(
      await sign({ ...USER, amr: ["pwd"] }),
      "/api/billing/7",
    );
    expect(decision).toMatchObject({
      outcome: "step-up",
      reasons: ["mfa-required", "authentication-too-old"],
    });
    expect(context.wwwAuthenticate).toContain('acr_values="mfa urn:now", max_age="300"');
  });

  test("refuse a token that is too old there, with a reason and as the user's own", async () => {
    const { authorized, sign } = await deployment();
    const token = await sign({ ...USER, iat: AT - 901, auth_time: AT - 100 });
    expect(await authorized(token, "/api/orders")).toMatchObject(allowed);
    const { context, result, ...decision } = await authorized(token, "/api/billing/7");
    expect(decision).toMatchObject(denied("token-too-old"));
    expect(context.wwwAuthenticate).toContain('error="invalid_token"');
    expect(result.caller).toMatchObject({ status: "verified", subject: "alice" });
  });

  test("believe the issuer's clock no further than the segment does", async () => {
    const { authorized, sign } = await deployment({ issuer: { leeway: 60 } });
    const late = { ...USER, auth_time: AT };
    const expired = await sign({ ...late, exp: AT - 10 });
    expect(await authorized(expired, "/api/orders")).toMatchObject(allowed);
    expect(await authorized(expired, "/api/billing/7")).toMatchObject(denied("token-expired"));
    for (const claims of [{ nbf: AT + 10 }, { iat: AT + 10 }, { auth_time: AT + 10 }]) {
      const early = await sign({ ...late, ...claims });
      expect(await authorized(early, "/api/orders")).toMatchObject(allowed);
      expect(await authorized(early, "/api/billing/7")).toMatchObject(denied("token-not-yet-valid"));
    }
  });

  test("are the strictest of all segments of the path and of the issuer", async () => {
    const { authorized, sign } = await deployment({
      issuer: { maxAuthenticationAge: 3600, maxTokenAge: 1200 },
      segmentLimits: { general: { maxAuthenticationAge: 600, leeway: 5 }, ...SEGMENTS },
    });
    const maxAge = async (age: number, path: string) => {
      const { context } = await authorized(await sign({ ...USER, auth_time: AT - age }), path);
      return /max_age="(\d+)"/.exec(String(context.wwwAuthenticate))?.[1];
    };
    expect(await maxAge(310, "/api/orders")).toBeUndefined();
    expect(await maxAge(4000, "/api/orders")).toBe("600");
    expect(await maxAge(310, "/api/billing/7")).toBe("300");
  });

  test("hold for a token that was seen, as it grows older", async () => {
    const { authorized, sign, keySet } = await deployment();
    const token = await sign({ ...USER, iat: AT - 880, auth_time: AT - 290, exp: AT + 3600 });
    expect(await authorized(token, "/api/billing/7")).toMatchObject(allowed);
    expect(await authorized(token, "/api/billing/7", 15)).toMatchObject(challenged);
    expect(await authorized(token, "/api/billing/7", 25)).toMatchObject(denied("token-too-old"));
    expect(await authorized(token, "/api/orders", 25)).toMatchObject(allowed);
    expect(keySet.fetches).toBe(1);
  });

  test("hold for opaque tokens", async () => {
    const claims = { ...USER, sub: "bob", iat: AT - 100, exp: AT + 600, auth_time: AT - 250 };
    const { authorized } = await deployment({ says: claims });
    expect(await authorized("opaque", "/api/billing/7")).toMatchObject(allowed);
    expect(await authorized("opaque", "/api/billing/7", 60)).toMatchObject(challenged);
    const late = { ...claims, exp: AT - 3, auth_time: AT };
    const { authorized: judgeLate } = await deployment({ says: late });
    expect(await judgeLate("opaque", "/api/orders")).toMatchObject(allowed);
    expect(await judgeLate("opaque", "/api/billing/7")).toMatchObject(denied("token-expired"));
  });

  test("hold for a service by the age of its token, which no sign-in replaces", async () => {
    const { authorized, sign } = await deployment({
      segmentLimits: { general: { maxAuthenticationAge: 300 } },
    });
    const job = { sub: "job", client_id: "job", device_trust_level: "medium" };
    expect(await authorized(await sign({ ...job, iat: AT - 100 }), "/api/orders")).toMatchObject(allowed);
    const { context, ...old } = await authorized(
      await sign({ ...job, iat: AT - 310, auth_time: AT }),
      "/api/orders",
    );
    expect(old).toMatchObject(denied("token-too-old"));
    expect(context.wwwAuthenticate).not.toContain("max_age");
  });

  test("of an issuer alone hold everywhere", async () => {
    const { authorized, sign } = await deployment({
      issuer: { maxAuthenticationAge: 600 },
      segmentLimits: {},
    });
    expect(await authorized(await sign({ ...USER, auth_time: AT - 590 }), "/api/orders")).toMatchObject(
      allowed,
    );
    expect(await authorized(await sign({ ...USER, auth_time: AT - 610 }), "/api/orders")).toMatchObject(
      challenged,
    );
  });
});
