import { askToAuthenticate, needsAuthentication, type TokenLimits } from "../evidence/token-limits.ts";
import type { EpochMs } from "../time.ts";
import { type Challenge, type Decision, denial } from "./decision.ts";
import type { AskPolicies, PolicyAnswer, PolicyNote, PolicyQuestion } from "./policy-question.ts";
import type { ReasonCode } from "./reason.ts";

/** A policy question with everything else that its decision depends on. */
export interface AskedQuestion {
  readonly question: PolicyQuestion;
  /** The maximum age of the user's authentication, from the issuer and the segments */
  readonly limits: Pick<TokenLimits, "leeway" | "maxAuthenticationAge">;
  /** The moment that the decision was made for */
  readonly at: EpochMs;
}

/** `acr_values` of a challenge by its kind. */
export type AcrValues = Readonly<Record<string, readonly string[]>>;

/**
 * Decides by the policies' answer and the age of the user's authentication. Pure, and never throws:
 * a failing engine gives a denial.
 *
 * The same code decides a request and repeats the decision later, so an event with the question
 * determines the decision.
 */
export function decideByPolicy(asked: AskedQuestion, ask: AskPolicies, acrValues: AcrValues): Decision {
  const { question, limits, at } = asked;
  const { segments } = question.resource;
  try {
    const decision = decide(ask(question), segments, acrValues);
    const { kind } = question.principal;
    if (!needsAuthentication({ kind, ...question.context.authentication }, limits, at)) return decision;
    return askToAuthenticate(decision, limits, acrValues);
  } catch {
    return denial("policy-error", segments);
  }
}

function decide(answer: PolicyAnswer, segments: readonly string[], acrValues: AcrValues): Decision {
  // Cedar skips a policy that has an error, so an allow with errors may lack a forbid.
  if (answer.errors.length > 0) return denial("policy-error", segments);
  const base = {
    policies: answer.determining.map(({ id }) => id),
    monitored: answer.monitored.map(({ id }) => id),
    segments,
  };
  if (answer.verdict === "allow") return { ...base, outcome: "allow", reasons: ["policy-permits"] };
  const forbids = answer.determining.filter(({ effect }) => effect === "forbid");
  const kinds = forbids.flatMap(({ stepUp }) => stepUp ?? []);
  if (kinds.length > 0 && kinds.length === forbids.length) {
    return {
      ...base,
      outcome: "step-up",
      reasons: reasonsOf(forbids),
      challenge: challengeOf(new Set(kinds), forbids, acrValues),
    };
  }
  const final = forbids.filter(({ stepUp }) => stepUp === undefined);
  return { ...base, outcome: "deny", reasons: reasonsOf([...final, ...forbids]) };
}

/**
 * Returns the distinct reasons of the forbids in their order, or `no-policy-permits` if no policy
 * forbade.
 */
function reasonsOf(forbids: readonly PolicyNote[]): Decision["reasons"] {
  const reasons = new Set(forbids.map(({ reason }): ReasonCode => reason ?? "forbidden-by-policy"));
  const [first = "no-policy-permits", ...rest] = reasons;
  return [first, ...rest];
}

/**
 * Returns one challenge that satisfies every step-up forbid: the strictest age and the contexts of
 * all kinds.
 */
function challengeOf(
  distinct: ReadonlySet<string>,
  forbids: readonly PolicyNote[],
  acrValues: AcrValues,
): Challenge {
  const kinds = [...distinct];
  const ages = forbids.flatMap(({ maxAge }) => maxAge ?? []);
  return {
    kind: kinds.join(" "),
    acrValues: kinds.flatMap((kind) => acrValues[kind] ?? []),
    ...(ages.length > 0 && { maxAge: Math.min(...ages) }),
  };
}
