// What the compiler must refuse. Nothing here runs: `npx tsc` fails if a line below
// `@ts-expect-error` compiles.
import type { AccessResult } from "../../../domain/decision/access-result.ts";
import type { evaluate } from "../../../domain/decision/evaluate.ts";
import type { Caller, Identity, VerifiedToken } from "../../../domain/evidence/identity.ts";
import type { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import type { verifyProofs } from "../../../verification/proof/verify-proofs.ts";
import type { verifyToken } from "../../../verification/token/verify-token.ts";

type Evidence = Parameters<typeof evaluate>[0];
type Rendered = Parameters<typeof renderResponse>[0];
type Verified = Awaited<ReturnType<typeof verifyToken>>;
type Proven = Awaited<ReturnType<typeof verifyProofs>>;

declare const token: VerifiedToken;
declare const verified: Verified;
declare const proven: Proven;
declare const identity: Identity;
declare const caller: Caller;
declare const evidence: Omit<Evidence, "identity">;
declare const result: Omit<AccessResult, "caller">;

export const accepted = [
  { ...evidence, identity } satisfies Evidence,
  { ...result, caller: proven } satisfies Rendered,
  { ...result, caller } satisfies Rendered,
];

export const refused = [
  // @ts-expect-error A verified token is not an identity: it may be bound to keys that nobody has proven.
  { ...evidence, identity: token } satisfies Evidence,
  // @ts-expect-error A list of proofs beside it does not make it one: only identityOf does.
  { ...evidence, identity: { ...token, proofs: [] } } satisfies Evidence,
  // @ts-expect-error A caller may be unverified.
  { ...evidence, identity: caller } satisfies Evidence,
  // @ts-expect-error What verifyToken gives is not a caller: verifyProofs comes first.
  { ...result, caller: verified } satisfies Rendered,
  // @ts-expect-error Nor is a verified token.
  { ...result, caller: token } satisfies Rendered,
];
