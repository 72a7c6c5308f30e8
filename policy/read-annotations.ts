import type { PolicyNote } from "../domain/decision/policy-question.ts";
import { factsOf, isReasonCode, REASONS, type ReasonCode } from "../domain/decision/reason.ts";

/** What a policy's annotations say, or what is wrong with them. */
export type Annotations =
  | { readonly status: "read"; readonly note: PolicyNote; readonly monitor: boolean }
  | { readonly status: "wrong"; readonly mistakes: readonly AnnotationMistake[] };

export interface AnnotationMistake {
  /** The annotation to point at, if the policy has it */
  readonly key?: string;
  readonly found: string;
  readonly accepted: string;
}

const KEYS = {
  permit: ["id"],
  forbid: ["id", "reason", "step_up", "max_age", "mode"],
} as const;
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const SECONDS = /^(?:0|[1-9]\d{0,8})$/;

/**
 * Reads and checks the annotations of one policy. Whether its id is taken already is for the caller
 * to see.
 *
 * @param annotations As the policy's JSON form has them; an annotation without a value is `null`
 *   there
 */
export function readAnnotations(
  effect: PolicyNote["effect"],
  annotations: Readonly<Record<string, string | null>>,
): Annotations {
  const mistakes = [
    ...unknownKeys(effect, annotations),
    ...mistakeInId(annotations.id),
    ...(effect === "forbid" ? mistakesOfForbid(annotations) : []),
  ];
  const { id, reason, step_up, max_age, mode } = annotations;
  if (mistakes.length > 0 || id == null) return { status: "wrong", mistakes };
  const note: PolicyNote = {
    id,
    effect,
    ...(isReasonCode(reason) && { reason }),
    ...(step_up != null && { stepUp: step_up }),
    ...(max_age != null && { maxAge: Number(max_age) }),
  };
  return { status: "read", note, monitor: mode === "monitor" };
}

type Raw = Readonly<Record<string, string | null>>;

function unknownKeys(effect: PolicyNote["effect"], annotations: Raw): AnnotationMistake[] {
  const known: readonly string[] = KEYS[effect];
  return Object.keys(annotations)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      key,
      found: `@${key} on a ${effect}`,
      accepted: known.map((name) => `@${name}`).join(", "),
    }));
}

function mistakeInId(id: string | null | undefined): AnnotationMistake[] {
  if (id === undefined) return [{ found: "a policy without @id", accepted: '@id("a-name-of-its-own")' }];
  if (id !== null && NAME.test(id) && id.length <= 64) return [];
  return [
    {
      key: "id",
      found: describeFound("id", id),
      accepted: "lower-case words joined by hyphens, at most 64 characters",
    },
  ];
}

function mistakesOfForbid(annotations: Raw): AnnotationMistake[] {
  const { step_up, max_age, mode } = annotations;
  const mistakes = mistakesInReason(annotations);
  if (step_up !== undefined && (step_up === null || !NAME.test(step_up))) {
    mistakes.push({
      key: "step_up",
      found: describeFound("step_up", step_up),
      accepted: 'the kind of step-up, such as @step_up("mfa")',
    });
  }
  if (max_age !== undefined && (max_age === null || !SECONDS.test(max_age))) {
    mistakes.push({
      key: "max_age",
      found: describeFound("max_age", max_age),
      accepted: "whole seconds, such as 300",
    });
  }
  if (max_age !== undefined && step_up === undefined) {
    mistakes.push({ key: "max_age", found: "@max_age without @step_up", accepted: "both, or neither" });
  }
  if (mode !== undefined && mode !== "monitor") {
    mistakes.push({
      key: "mode",
      found: describeFound("mode", mode),
      accepted: '@mode("monitor"), or none to enforce',
    });
  }
  return mistakes;
}

function mistakesInReason({ reason, step_up }: Raw): AnnotationMistake[] {
  const outcome = step_up === undefined ? "deny" : "step-up";
  const accepted = `with${step_up === undefined ? "out" : ""} @step_up: ${reasonsOf(outcome).join(", ")}`;
  if (reason === undefined) return [{ found: "a forbid without @reason", accepted }];
  if (isReasonCode(reason) && factsOf(reason).outcome === outcome) return [];
  return [{ key: "reason", found: describeFound("reason", reason), accepted }];
}

function reasonsOf(outcome: "deny" | "step-up"): readonly ReasonCode[] {
  return (Object.keys(REASONS) as ReasonCode[]).filter((code) => factsOf(code).outcome === outcome);
}

function describeFound(key: string, value: string | null | undefined): string {
  return value == null ? `@${key} without a value` : `@${key}(${JSON.stringify(value)})`;
}
