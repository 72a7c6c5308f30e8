import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { ApiKind, Forgery } from "./step.ts";
import { denied, get, inChapter } from "./step-parts.ts";

const BAD_TOKENS: readonly (readonly [Forgery, string, ReasonCode])[] = [
  ["foreign-key", "signed with a forged key", "token-signature-invalid"],
  ["unknown-key-id", "with a key id that the issuer does not have", "token-key-unknown"],
  ["tampered-payload", "with the admin role added to its payload", "token-signature-invalid"],
  ["alg-none", "without a signature (alg: none)", "token-algorithm-not-allowed"],
  ["symmetric", "signed with a shared secret (HS256)", "token-algorithm-not-allowed"],
  ["truncated", "that is truncated", "token-malformed"],
  ["expired", "that expired an hour ago", "token-expired"],
  ["wrong-audience", "issued for another API", "audience-mismatch"],
  ["wrong-issuer", "from another issuer", "issuer-unknown"],
];

export const NO_GOOD_TOKEN = inChapter("Missing and invalid tokens", [
  ...(["rest", "http"] as const).map((api) => ({
    ...get("anna", api, "/api/orders"),
    token: "none" as const,
    name: `no token at all (${api.toUpperCase()})`,
    expect: denied(api, "deny", "token-missing"),
  })),
  ...BAD_TOKENS.map(([token, words, reason], index) => {
    const api: ApiKind = index % 2 === 0 ? "rest" : "http";
    return {
      ...get("anna", api, "/api/orders"),
      token,
      name: `a token ${words} (${api.toUpperCase()})`,
      expect: denied(api, "deny", reason),
    };
  }),
]);
