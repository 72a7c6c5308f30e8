import type { AuthorizerSettings } from "../contract/settings.ts";
import type { AccessResult } from "../domain/decision/access-result.ts";
import type { DecisionDigests } from "../domain/decision/digest.ts";
import type { PolicyQuestion } from "../domain/decision/policy-question.ts";
import type { AccessEvent } from "../domain/event/access-event.ts";
import type { ReadRiskState } from "../domain/risk/risk-state.ts";
import type { EpochMs } from "../domain/time.ts";
import { authorize } from "../lambda/authorizer/authorize.ts";
import { describeResult } from "../lambda/authorizer/describe-result.ts";
import {
  type PolicyResponse,
  renderResponse,
  type SimpleResponse,
} from "../lambda/authorizer/render-response.ts";
import type { CompiledPolicies } from "../policy/compiled-policies.ts";
import { createPolicyEngine } from "../policy/engine.ts";
import { createIssuerKeys } from "../verification/keys/key-sets.ts";
import { type ProofVerifier, proofVerifier } from "../verification/proof/verify-proofs.ts";
import { createTokenCache } from "../verification/token/token-cache.ts";
import { trustIssuers } from "../verification/token/trusted-issuers.ts";

/** One result with all that would follow from it. The token is in none of it. */
export interface DecisionReport {
  readonly result: AccessResult;
  /** What the policies were asked; absent when the request never came so far */
  readonly question?: PolicyQuestion;
  readonly response: PolicyResponse | SimpleResponse;
  /** What would go onto the bus */
  readonly event: AccessEvent;
}

export interface DryRunInputs {
  readonly settings: AuthorizerSettings;
  readonly policies: CompiledPolicies;
  readonly digests: DecisionDigests;
  /** By issuer */
  readonly keySets: ReadonlyMap<string, Uint8Array>;
  readonly readRiskState: ReadRiskState;
  /** The moment that the decision is made for */
  readonly at: EpochMs;
  /** Where the caller's address is (ISO 3166-1 alpha-2), in place of a look-up */
  readonly country?: string;
}

/**
 * Runs an event through the authorizer's own functions, with files for the network and a fixed
 * clock.
 */
export async function dryRun(event: unknown, inputs: DryRunInputs): Promise<DecisionReport> {
  const { settings, policies, digests, readRiskState, at, country } = inputs;
  const now = (): number => at;
  const issuers = trustIssuers(settings.issuers, (issuer) =>
    createIssuerKeys(
      // The file stands for whatever address the keys would come from, discovered or not.
      { ...issuer, jwksUri: issuer.issuer },
      {
        now,
        onFailure: () => undefined,
        fetchDocument: async (address) => keySetOf(address, inputs.keySets),
      },
    ),
  );
  const result = await authorize(
    event,
    {
      now,
      newDecisionId: () => "dry-run",
      verifier: { issuers, cache: createTokenCache() },
      proofs: offlineProofs(settings),
      readRiskState,
      ...(country !== undefined && { locate: () => ({ country }) }),
      ask: createPolicyEngine(policies),
      // No port here may throw, so a fault is a defect, which must not look like a decision.
      onFault: (error) => {
        throw error;
      },
    },
    { ...settings, segments: policies.segments, digests },
  );
  const question = result.asked?.question;
  return {
    result,
    response: renderResponse(result),
    event: describeResult(result),
    ...(question !== undefined && { question }),
  };
}

/**
 * Every proof counts as new, and every nonce as one that was given: what tells them apart is in the
 * deployment's table.
 */
function offlineProofs(settings: AuthorizerSettings): ProofVerifier {
  const proofs = proofVerifier(
    settings,
    async () => "first",
    async () => undefined,
  );
  const isNonce = (nonce: unknown) => typeof nonce === "string" && nonce !== "";
  return {
    ...proofs,
    ...(proofs.nonces !== undefined && {
      nonces: { current: async () => undefined, accepts: async (nonce) => isNonce(nonce) },
    }),
  };
}

function keySetOf(issuer: string, keySets: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const keys = keySets.get(issuer);
  if (keys === undefined) throw new Error(`no key set was given for ${issuer}`);
  return keys;
}
