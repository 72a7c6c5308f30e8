import fc from "fast-check";
import { isReasonCode } from "../../../domain/decision/reason.ts";
import type { RiskState } from "../../../domain/risk/risk-state.ts";
import { authorize } from "../../../lambda/authorizer/authorize.ts";
import { describeResult } from "../../../lambda/authorizer/describe-result.ts";
import { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
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
  const ports = {
    ...strictPorts,
    now: Date.now,
    verifier: issuer.verifier,
    readRiskState: async () => risk,
    ask,
  };
  const result = await authorize(event, ports, options);
  const response = renderResponse(result);
  const allowed =
    "isAuthorized" in response
      ? response.isAuthorized
      : response.policyDocument.Statement.some(({ Effect }) => Effect !== "Deny");
  return { result, response, allowed, event: describeResult(result) };
}

/** What must hold of every answer, whatever the event. */
function expectSound({ result, response, allowed, event }: Awaited<ReturnType<typeof run>>) {
  expect(allowed).toBe(result.decision.outcome === "allow");
  expect(result.decision.reasons.every(isReasonCode)).toBe(true);
  expect(result.decision.reasons.length).toBeGreaterThan(0);
  // API Gateway answers 500 to a context with anything but strings, numbers and booleans.
  for (const value of Object.values(response.context)) expect(["string", "number"]).toContain(typeof value);
  const printed = JSON.stringify({ response, event, result });
  expect(printed).not.toContain(goodToken);
  expect(printed.length).toBeLessThan(200_000);
}

const makers = fc.constantFrom(restEvent, tokenEvent, http1Event, httpEvent);
const anything = fc.anything({ withBigInt: false, withNullPrototype: true, maxDepth: 3 });

/** A good request to a segment that asks for several factors and no hour. */
const billing = () => ({ method: "DELETE", path: "/api/billing/x", authorization: `Bearer ${goodToken}` });

/** Whether the event is allowed, and then only for the route of its ARN. */
async function allowedAsNamed(event: Record<string, unknown>, arn: unknown): Promise<boolean> {
  const ran = await run(event);
  expectSound(ran);
  if (!ran.allowed) return false;
  const { method, path } = billing();
  expect(ran.result.request).toMatchObject({ method, path });
  if ("policyDocument" in ran.response) {
    expect(ran.response.policyDocument.Statement).toMatchObject([{ Resource: arn }]);
  }
  return true;
}

describe("authorize, whatever the caller sends", () => {
  test("lets a good request through, so that the properties below are not empty", async () => {
    for (const make of [restEvent, tokenEvent, http1Event, httpEvent]) {
      const ran = await run(make({ authorization: `Bearer ${goodToken}` }));
      expectSound(ran);
      expect(ran.result.decision).toMatchObject({ outcome: "allow" });
    }
  });

  test("denies events of any shape", () =>
    fc.assert(
      fc.asyncProperty(anything, async (event) => {
        const ran = await run(event);
        expectSound(ran);
        expect(ran.allowed).toBe(false);
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
          const ran = await run(make({ authorization: `Bearer ${text}` }));
          expectSound(ran);
          expect(ran.allowed).toBe(false);
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
          const ran = await run(make({ authorization: `Bearer ${changed}` }));
          expectSound(ran);
          // The last character of a base64url part holds spare bits, which decoders ignore: the
          // same token in other letters.
          const sameBytes = Buffer.from(changed, "base64url").equals(Buffer.from(goodToken, "base64url"));
          const sameParts = changed
            .split(".")
            .every((part, index) =>
              Buffer.from(part, "base64url").equals(
                Buffer.from(goodToken.split(".")[index] ?? "", "base64url"),
              ),
            );
          if (!sameBytes && !sameParts) expect(ran.allowed).toBe(false);
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
          const ran = await run(restEvent({ authorization: `Bearer ${token}` }));
          expectSound(ran);
          const { caller } = ran.result;
          if (caller.status === "verified") {
            expect(typeof caller.subject).toBe("string");
            expect(caller.roles.every((role) => typeof role === "string")).toBe(true);
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
          const { result, allowed } = await run(event, { status: "unavailable", why: "down" });
          expect(allowed).toBe(false);
          expect(result.decision.reasons).toContain("risk-unavailable");
        },
      ),
      { numRuns: 20 },
    ));
});
