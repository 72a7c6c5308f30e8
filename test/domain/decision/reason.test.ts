import { readFileSync } from "node:fs";
import { join } from "node:path";
import { denial, isFault } from "../../../domain/decision/decision.ts";
import {
  factsOf,
  isReasonCode,
  type OAuthError,
  REASONS,
  type ReasonCode,
} from "../../../domain/decision/reason.ts";

const codes = Object.keys(REASONS) as readonly ReasonCode[];

describe("The vocabulary of reasons", () => {
  test("is the one that docs/reasons.md gives, with outcome, status, OAuth error and meaning", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs/reasons.md"), "utf8");
    const documented = text.split(/^## /m).flatMap((section) => {
      const outcome = section.split("\n", 1)[0]?.toLowerCase();
      return [...section.matchAll(/^\| `([a-z-]+)` \| (\d+) \| (?:`(\w+)`)? *\| (.+) \|$/gm)].map(
        ([, code, status, oauthError, says]) => [
          code,
          { outcome, status: Number(status), ...(oauthError !== undefined && { oauthError }), says },
        ],
      );
    });
    expect(Object.fromEntries(documented)).toEqual(REASONS);
  });

  test.each<[OAuthError, readonly number[]]>([
    ["invalid_request", [400]],
    ["invalid_token", [401]],
    ["insufficient_user_authentication", [401]],
    ["invalid_dpop_proof", [401]],
    ["use_dpop_nonce", [401]],
    ["insufficient_scope", [403]],
  ])("gives %s the status of its RFC", (oauthError, statuses) => {
    const ofError = codes.map(factsOf).filter((facts) => facts.oauthError === oauthError);
    expect([...new Set(ofError.map(({ status }) => status))]).toEqual(statuses);
  });

  test("gives no OAuth error to a permission, to a request without a token, nor to a fault", () => {
    const bare = codes.filter((code) => factsOf(code).oauthError === undefined);
    const expected = codes.filter(
      (code) =>
        code === "policy-permits" || /^token-(scheme-)?missing$/.test(code) || factsOf(code).status >= 500,
    );
    expect(bare).toEqual(expected);
  });

  test("knows its own codes and nothing that every object has", () => {
    expect(codes.every(isReasonCode)).toBe(true);
    for (const other of [
      "constructor",
      "toString",
      "",
      "Policy-Permits",
      undefined,
      null,
      7,
      ["mfa-required"],
    ]) {
      expect(isReasonCode(other)).toBe(false);
    }
  });
});

test("a denial without segments names none, and no policy", () => {
  expect(denial("token-expired")).toEqual({
    outcome: "deny",
    reasons: ["token-expired"],
    policies: [],
    monitored: [],
    segments: [],
  });
});

test("a failing authorizer is a fault, an issuer or a table that does not answer is not", () => {
  expect(codes.filter((code) => isFault(denial(code)))).toEqual([
    "policy-error",
    "deadline-exceeded",
    "internal-fault",
  ]);
});
