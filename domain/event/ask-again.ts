import { decideByPolicy } from "../decision/decide-by-policy.ts";
import { type Decision, denial } from "../decision/decision.ts";
import type { AskPolicies } from "../decision/policy-question.ts";
import { isReasonCode, type ReasonCode } from "../decision/reason.ts";
import type { AccessEvent } from "./access-event.ts";
import { readQuestion } from "./read-question.ts";
import { LAYOUT } from "./sallyport-detail.ts";

/** The result of asking an event's question again. */
export type AskedAgain =
  | { readonly status: "asked"; readonly decision: Decision }
  /**
   * The decision was made before any policy was asked, by what the request or its token is: no
   * policy set changes it. The event does not hold what it was made from, such as a signature, so
   * the reason is repeated, not found again.
   */
  | { readonly status: "decided-before-policy"; readonly reason: ReasonCode; readonly decision: Decision }
  /** The event's layout has no question, or this version does not know the layout */
  | { readonly status: "unreadable"; readonly why: string };

/**
 * Asks policies about the request of an access event, from the event alone. Pure.
 *
 * With the policies that the event's `policy_digest` names, the decision has the outcome, reasons,
 * policies and kind of challenge of the event. The `acr_values` of a challenge are the
 * configuration's and stay empty. Whether the decision was enforced was a setting of the stage, and
 * the event says it.
 *
 * @param event an access event, as JSON brings it
 * @param ask an engine of the policies, such as createPolicyEngine makes
 */
export function askAgain(event: AccessEvent, ask: AskPolicies): AskedAgain {
  const { layout, segments } = event.unmapped.sallyport;
  if (layout === undefined) {
    return {
      status: "unreadable",
      why: "the event is from version 0.1.0, which did not record the question",
    };
  }
  if (layout !== LAYOUT) {
    return {
      status: "unreadable",
      why: `the event has layout version ${String(layout)}; this version of Sallyport reads ${LAYOUT}`,
    };
  }
  const asked = readQuestion(event);
  if (asked !== undefined) return { status: "asked", decision: decideByPolicy(asked, ask, {}) };
  const reason = event.status_code;
  if (!isReasonCode(reason)) {
    return { status: "unreadable", why: `status_code ${JSON.stringify(reason)} is not a reason code` };
  }
  return { status: "decided-before-policy", reason, decision: denial(reason, segments) };
}

/** The parts of a decision that an event records. */
const RECORDED = ["outcome", "reasons", "policies", "monitored", "segments", "challenge"] as const;

/**
 * Names what differs between the decision that an event records and another one; empty if nothing
 * does.
 */
export function departuresFrom(event: AccessEvent, decision: Decision): readonly (typeof RECORDED)[number][] {
  const { decision: outcome, reasons, monitored, segments, challenge } = event.unmapped.sallyport;
  const policies = (event.authorizations ?? []).flatMap(({ policy }) => policy?.uid ?? []);
  const before = { outcome, reasons, policies, monitored, segments, challenge };
  const after = { ...decision, challenge: decision.challenge?.kind };
  return RECORDED.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
