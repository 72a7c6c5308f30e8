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
  /** More than `over` failures within `memory` give `points`; the highest step that is passed counts */
  readonly steps: readonly { readonly over: number; readonly points: number }[];
}

/** One refused request. The mark tells requests of the same second apart; it is part of a digest of the decision id. */
interface Failure {
  readonly at: EpochSeconds;
  readonly mark: string;
}

export interface Failures {
  /** Oldest first */
  readonly failures: readonly Failure[];
  readonly last?: Moment;
}

/** Many refused requests in a short time. */
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
        // The profile keeps twice as many failures, and ought to stay small.
        over: { kind: "whole", from: 0, to: 20, describes: "Failures that must be exceeded." },
        points: { ...POINTS, describes: "Points from then on." },
      },
      atLeast: 1,
      accepted: "a list of steps, each with `over` and `points`, both rising",
      describes: "The points by number of failures; the highest step that is passed counts.",
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
    access: `that is refused with status ${status} or above, after ${steps.map(({ over }) => over).join(", ")} others within ${span(seconds)}; denials for a fault on our side (\`risk-unavailable\` and the like) do not count`,
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
    return causeOf(`${failures} refused requests recently`, part?.last);
  },
};

/**
 * Failures to keep, so that the highest step reached within the hold time follows from them alone, for a hold not longer than
 * the memory. Say that `over + 1` failures reach a step, the last of them at a moment that is still held. If `over` or more
 * came later, these and that last one reach the step as well; so only `over - 1` later ones need room besides the `over + 1`.
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
    const accepted = `more in both fields than the step before, ${JSON.stringify(before)}`;
    return [{ path: `failedAttempts.steps[${index + 1}]`, found: step, accepted }];
  });
  if (hold <= seconds) return problems;
  const accepted = `${seconds} seconds at most, which is failedAttempts.memory`;
  return [...problems, { path: "hold", found: hold, accepted }];
}
