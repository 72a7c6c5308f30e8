import type { EpochSeconds } from "../../time.ts";
import type { FactorDefinition, HoldTime, RulesProblem } from "../factor.ts";
import { memory, POINTS } from "../factor-setting.ts";
import { causeOf, MOMENT_LAYOUT, type Moment, newerMoment } from "../moment.ts";
import { SECONDS, TEXT } from "../part-layout.ts";
import { span } from "../span.ts";

export interface Rules {
  /** Responses of this HTTP status and above are failures */
  readonly status: number;
  /** Seconds */
  readonly memory: number;
  /**
   * More than `over` failures within `memory` give `points`; the highest step that is exceeded
   * counts
   */
  readonly steps: readonly { readonly over: number; readonly points: number }[];
}

/**
 * One denied request. The mark, part of a digest of the decision id, distinguishes requests of the
 * same second.
 */
interface Failure {
  readonly at: EpochSeconds;
  readonly mark: string;
}

export interface Failures {
  /** Oldest first */
  readonly failures: readonly Failure[];
  readonly last?: Moment;
}

/** Many failed requests in a short time. */
export const failedAttempts: FactorDefinition<"failedAttempts", Rules, Failures> = {
  name: "failedAttempts",
  key: "failures",
  label: "failed attempts",
  colour: { light: "#c8553d", dark: "#e47b63" },
  techniques: ["T1110.003"],
  findingType: "TTPs/Credential Access",
  defaults: {
    status: 400,
    memory: 3600,
    steps: [
      { over: 2, points: 5 },
      { over: 5, points: 15 },
      { over: 10, points: 25 },
    ],
  },
  settings: {
    status: {
      kind: "whole",
      from: 400,
      to: 599,
      unit: "an HTTP status",
      describes: "The lowest HTTP status that counts as a failure.",
    },
    memory: memory("Seconds within which failures are counted together."),
    steps: {
      kind: "list",
      of: {
        // The profile keeps twice as many failures and must stay small.
        over: { kind: "whole", from: 0, to: 20, describes: "Failures that must be exceeded." },
        points: { ...POINTS, describes: "Points for more failures than that." },
      },
      atLeast: 1,
      accepted: "a list of steps, each with `over` and `points`, both increasing",
      describes: "The points by number of failures; the highest step that is exceeded counts.",
    },
  },
  layout: {
    kind: "record",
    fields: {
      failures: { kind: "list", of: { kind: "record", fields: { at: SECONDS, mark: TEXT } } },
      last: { kind: "optional", of: MOMENT_LAYOUT },
    },
  },
  describe: ({ status, memory: seconds, steps }) => ({
    points: steps.map(({ points }) => points).join(", "),
    access: `that fails with status ${status} or higher, after ${steps.map(({ over }) => over).join(", ")} other failures within ${span(seconds)}; denials caused by a fault of Sallyport (such as \`risk-unavailable\`) do not count`,
  }),
  mostPoints: ({ steps }) => Math.max(...steps.map(({ points }) => points)),
  problems: findProblems,
  record: (part, access, { rules, hold, newest, digest }) => {
    const { at, event, status } = access;
    const known = part ?? { failures: [] };
    const failed = status !== undefined && status >= rules.status;
    const all = failed ? addFailure(known.failures, { at, mark: digest(event).slice(0, 4) }) : known.failures;
    const horizon = newest - rules.memory - hold;
    const failures = all.filter((failure) => failure.at > horizon).slice(-failuresKept(rules));
    const last = newerMoment(known.last, failed ? { at, event } : undefined);
    return last === undefined ? undefined : { failures, last };
  },
  points: ({ failures }, rules, held) => highestStep(failures, rules, held),
  cause: (part, rules) => {
    const count = part?.failures.length ?? 0;
    const most = failuresKept(rules);
    const failures = count < most ? `${count}` : `at least ${most}`;
    return causeOf(`${failures} recent failed requests`, part?.last);
  },
};

/**
 * Number of failures to keep, so that they alone determine the highest step reached within the hold
 * time, if the hold is not longer than the memory. Suppose that `over + 1` failures reach a step
 * and that the last of them is still held. If `over` or more came later, these and that last one
 * also reach the step; so only `over - 1` later ones need room besides the `over + 1`.
 */
function failuresKept({ steps }: Rules): number {
  return Math.max(1, ...steps.map((step) => 2 * step.over));
}

function addFailure(failures: readonly Failure[], failure: Failure): readonly Failure[] {
  if (failures.some((known) => known.at === failure.at && known.mark === failure.mark)) return failures;
  return [...failures, failure].sort((a, b) => a.at - b.at || (a.mark < b.mark ? -1 : 1));
}

function highestStep(
  failures: readonly Failure[],
  { memory: seconds, steps }: Rules,
  { at, hold }: HoldTime,
): number {
  let most = 0;
  let oldest = 0;
  for (const [index, cause] of failures.entries()) {
    while ((failures[oldest]?.at ?? cause.at) <= cause.at - seconds) oldest++;
    if (cause.at <= at - hold) continue;
    const count = index - oldest + 1;
    for (const { over, points } of steps) if (count > over) most = Math.max(most, points);
  }
  return most;
}

function findProblems({ memory: seconds, steps }: Rules, hold: number): readonly RulesProblem[] {
  const problems = steps.slice(1).flatMap((step, index): RulesProblem[] => {
    const before = steps[index];
    if (before === undefined || (step.over > before.over && step.points > before.points)) return [];
    const accepted = `larger values in both fields than the previous step, ${JSON.stringify(before)}`;
    return [{ path: `failedAttempts.steps[${index + 1}]`, found: step, accepted }];
  });
  if (hold <= seconds) return problems;
  const accepted = `at most ${seconds} seconds, the value of failedAttempts.memory`;
  return [...problems, { path: "hold", found: hold, accepted }];
}
