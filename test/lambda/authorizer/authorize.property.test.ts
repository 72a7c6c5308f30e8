import fc from "fast-check";
import { isReasonCode } from "../../../domain/decision/reason.ts";
import type { RiskState } from "../../../domain/risk/risk-state.ts";
import { authorize } from "../../../lambda/authorizer/authorize.ts";
import { describeJudgement } from "../../../lambda/authorizer/describe-result.ts";
import { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";
import { seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

const RUNS = { numRuns: 400 };

let issuer: Awaited<ReturnType<typeof tokenIssuer>>;
let goodToken: string;
beforeAll(async () => {
  issuer = await tokenIssuer();
  goodToken = await issuer.sign({
    device_trust_level: "medium",
    roles: ["admin"],
    amr: ["mfa"],
    sid: "s1",
    device_id: "d1",
  });
});

async function run(event: unknown, risk: RiskState = { status: "known" }) {
  const ports = { now: Date.now, verifier: issuer.verifier, readRiskState: async () => risk, ask };
  const judgement = await authorize(event, ports, options);
  const { facts, accessEvent } = describeJudgement(judgement, "id", DIGESTS);
  const response = renderResponse(judgement, facts);
  const allowed =
    "isAuthorized" in response
      ? response.isAuthorized
      : response.policyDocument.Statement.some(({ Effect }) => Effect !== "Deny");
  return { judgement, response, allowed, accessEvent };
}

/** What must hold of every answer, whatever the event. */
function expectSound({ judgement, response, allowed, accessEvent }: Awaited<ReturnType<typeof run>>) {
  expect(allowed).toBe(judgement.decision.outcome === "allow");
  expect(judgement.decision.reasons.every(isReasonCode)).toBe(true);
  expect(judgement.decision.reasons.length).toBeGreaterThan(0);
  // API Gateway answers 500 to a context with anything but strings, numbers and booleans.
  for (const value of Object.values(response.context)) expect(["string", "number"]).toContain(typeof value);
  const printed = JSON.stringify({ response, accessEvent, judgement });
  expect(printed).not.toContain(goodToken);
  expect(printed.length).toBeLessThan(200_000);
}

const makers = fc.constantFrom(restEvent, tokenEvent, http1Event, httpEvent);
const anything = fc.anything({ withBigInt: false, withNullPrototype: true, maxDepth: 3 });

/** A good request to a segment that asks for several factors and no hour. */
const billing = () => ({ method: "DELETE", path: "/api/billing/x", authorization: `Bearer ${goodToken}` });

/** Whether the event is allowed, and then only for the route of its ARN. */
async function allowedAsNamed(event: Record<string, unknown>, arn: unknown): Promise<boolean> {
  const result = await run(event);
  expectSound(result);
  if (!result.allowed) return false;
  const { method, path } = billing();
  expect(result.judgement.request).toMatchObject({ method, path });
  if ("policyDocument" in result.response) {
    expect(result.response.policyDocument.Statement).toMatchObject([{ Resource: arn }]);
  }
  return true;
}

describe("authorize, whatever the caller sends", () => {
  test("lets a good request through, so that the properties below are not empty", async () => {
    for (const make of [restEvent, tokenEvent, http1Event, httpEvent]) {
      const result = await run(make({ authorization: `Bearer ${goodToken}` }));
      expectSound(result);
      expect(result.judgement.decision).toMatchObject({ outcome: "allow" });
    }
  });

  test("denies events of any shape", () =>
    fc.assert(
      fc.asyncProperty(anything, async (event) => {
        const result = await run(event);
        expectSound(result);
        expect(result.allowed).toBe(false);
      }),
      RUNS,
    ));

  test("never allows more than the whole event when a field of a good one is replaced by anything", async () => {
    let allows = 0;
    await fc.assert(
      fc.asyncProperty(makers, fc.nat(), anything, async (make, at, value) => {
        const event: Record<string, unknown> = make(billing());
        const names = Object.keys(event);
        const name = names[at % names.length] ?? "";
        if (await allowedAsNamed({ ...event, [name]: value }, event.methodArn)) allows += 1;
      }),
      RUNS,
    );
    expect(allows).toBeGreaterThanOrEqual(50);
  });

  test("takes the route from the ARN, whatever another field says", async () => {
    const others = [
      "GET",
      "/api/orders",
      "GET /api/orders",
      { http: { method: "DELETE", path: "/api/orders" }, path: "/prod/api/orders" },
    ];
    let allows = 0;
    for (const make of [restEvent, tokenEvent, http1Event, httpEvent]) {
      const event: Record<string, unknown> = make(billing());
      for (const name of Object.keys(event)) {
        for (const other of others) {
          if (await allowedAsNamed({ ...event, [name]: other }, event.methodArn)) allows += 1;
        }
      }
    }
    expect(allows).toBeGreaterThanOrEqual(50);
  });

  test("denies tokens with any text in place of theirs", () =>
    fc.assert(
      fc.asyncProperty(
        makers,
        fc.oneof(fc.string({ unit: "binary" }), fc.base64String(), fc.json()),
        async (make, text) => {
          const result = await run(make({ authorization: `Bearer ${text}` }));
          expectSound(result);
          expect(result.allowed).toBe(false);
        },
      ),
      RUNS,
    ));

  test("denies a good token with any part cut, doubled or swapped", () =>
    fc.assert(
      fc.asyncProperty(
        makers,
        fc.nat(),
        fc.nat(),
        fc.string({ maxLength: 4 }),
        async (make, from, length, put) => {
          const start = from % goodToken.length;
          const end = start + (length % 40);
          const changed = goodToken.slice(0, start) + put + goodToken.slice(end);
          fc.pre(changed !== goodToken);
          const result = await run(make({ authorization: `Bearer ${changed}` }));
          expectSound(result);
          // The last character of a base64url part holds spare bits, which decoders ignore: the same token in other letters.
          const sameBytes = Buffer.from(changed, "base64url").equals(Buffer.from(goodToken, "base64url"));
          const sameParts = changed
            .split(".")
            .every((part, index) =>
              Buffer.from(part, "base64url").equals(
                Buffer.from(goodToken.split(".")[index] ?? "", "base64url"),
              ),
            );
          if (!sameBytes && !sameParts) expect(result.allowed).toBe(false);
        },
      ),
      RUNS,
    ));

  test("copes with signed claims of any type, and keeps them out of trouble", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          "roles",
          "sid",
          "device_id",
          "device_trust_level",
          "amr",
          "auth_time",
          "risk_score",
          "scope",
          "client_id",
          "sub",
        ),
        fc.jsonValue({ maxDepth: 2 }),
        async (claim, value) => {
          const token = await issuer.sign({
            device_trust_level: "medium",
            amr: ["mfa"],
            iat: seconds(),
            [claim]: value,
          });
          const result = await run(restEvent({ authorization: `Bearer ${token}` }));
          expectSound(result);
          const { identity } = result.judgement;
          if (identity.status === "verified") {
            expect(typeof identity.subject).toBe("string");
            expect(identity.roles.every((role) => typeof role === "string")).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    ));

  test("denies everything while risk is not known", () =>
    fc.assert(
      fc.asyncProperty(
        makers,
        fc.constantFrom("GET", "POST"),
        fc.constantFrom("/api/orders", "/api/admin"),
        async (make, method, path) => {
          const event = make({ method, path, authorization: `Bearer ${goodToken}` });
          const { judgement, allowed } = await run(event, { status: "unavailable", why: "down" });
          expect(allowed).toBe(false);
          expect(judgement.decision.reasons).toContain("risk-unavailable");
        },
      ),
      { numRuns: 20 },
    ));
});
