import fc from "fast-check";
import type { VerifiedToken } from "../../../domain/evidence/identity.ts";
import {
  limitsOf,
  needsAuthentication,
  strictestOf,
  type TokenLimits,
  validateLifetime,
} from "../../../domain/evidence/token-limits.ts";
import { verifiedToken } from "../../support/domain/identities.ts";

const AT = 1_800_000_000;
const RUNS = { numRuns: 2000 };
const seconds = fc.integer({ min: 0, max: 40 });
const limits: fc.Arbitrary<TokenLimits> = fc.record(
  { leeway: seconds, maxTokenAge: seconds, maxAuthenticationAge: seconds },
  { requiredKeys: [] },
);
/** Limits without their own leeway take that of the others; without any, none is given. */
const withLeeway = fc.tuple(limits, seconds).map(([one, leeway]) => ({ leeway, ...one }));
const around = fc.integer({ min: AT - 50, max: AT + 50 });
const identity: fc.Arbitrary<VerifiedToken> = fc
  .record(
    { issuedAt: around, expiresAt: around, notBefore: around, authenticatedAt: around },
    { requiredKeys: ["issuedAt", "expiresAt"] },
  )
  .chain((times) =>
    fc.constantFrom("user" as const, "service" as const).map((kind) => verifiedToken({ ...times, kind })),
  );

/** 0 allowed, 1 challenged, 2 refused. */
function severity(one: VerifiedToken, by: TokenLimits): number {
  if (validateLifetime(one, by, AT * 1000) !== undefined) return 2;
  return needsAuthentication(one, by, AT * 1000) ? 1 : 0;
}

describe("the strictest wins", () => {
  test("several limits together are at least as strict as each of them alone", () => {
    fc.assert(
      fc.property(identity, fc.array(withLeeway, { minLength: 1, maxLength: 4 }), (one, several) => {
        const together = severity(one, strictestOf(several));
        for (const alone of several) expect(together).toBeGreaterThanOrEqual(severity(one, alone));
      }),
      RUNS,
    );
  });

  test("no limit is stricter than the strictest of its kind, and order and repetition change nothing", () => {
    fc.assert(
      fc.property(fc.array(limits, { maxLength: 4 }), (several) => {
        const strictest = strictestOf(several);
        for (const name of ["leeway", "maxTokenAge", "maxAuthenticationAge"] as const) {
          const set = several.map((one) => one[name]).filter((value) => value !== undefined);
          expect(strictest[name]).toBe(set.length === 0 ? undefined : Math.min(...set));
        }
        expect(strictestOf([...several.toReversed(), ...several])).toEqual(strictest);
      }),
      RUNS,
    );
  });

  test("a further segment never makes a request less strict, nor does tightening a limit", () => {
    const segmentLimits = fc.record({ a: limits, b: limits, c: limits });
    const segments = fc.subarray(["a", "b", "c", "d"]);
    fc.assert(
      fc.property(
        identity,
        withLeeway,
        segmentLimits,
        segments,
        segments,
        (one, issuer, table, some, more) => {
          const settings = { issuers: [{ issuer: one.issuer, ...issuer }], segmentLimits: table };
          const fewer = severity(one, limitsOf(settings, one.issuer, some));
          expect(severity(one, limitsOf(settings, one.issuer, [...some, ...more]))).toBeGreaterThanOrEqual(
            fewer,
          );
        },
      ),
      RUNS,
    );
  });
});
