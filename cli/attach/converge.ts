import type { Step } from "../../domain/attach/step.ts";
import { isSame } from "../../domain/canonical-json.ts";
import { InputError } from "../command.ts";
import { describeStep } from "./perform-step.ts";

/**
 * Milliseconds after which a reading is too old to move a stage by: somebody may have deployed, or
 * begun a canary, since.
 */
const LONGEST_VIEW = 5000;
const MOVES_STAGE: ReadonlySet<Step["do"]> = new Set([
  ...(["deploy", "promote", "point-stage", "remove-canary"] as const),
]);
/** Readings in all, however old ones count */
const MOST_READINGS = 50;
/**
 * Rounds of reading and changing; more than a few only where someone else changes the same things.
 */
const MOST_ROUNDS = 5;

export interface ConvergeInput {
  /** Reads the API and says what is left to do */
  readonly next: () => Promise<readonly Step[]>;
  readonly perform: (step: Step) => Promise<void>;
  /** Called before each step */
  readonly onStep: (step: Step, at: number, of: number) => void;
  /** The signal that asked the run to stop, if one did */
  readonly stopped: () => NodeJS.Signals | undefined;
  /** Milliseconds */
  readonly now: () => number;
}

export type ConvergeResult =
  | { readonly status: "done"; readonly steps: number; readonly rounds: number }
  | { readonly status: "stopped"; readonly signal: NodeJS.Signals; readonly steps: number };

/**
 * Does what is left to do until nothing is: reads, does the steps in order, reads again. A run that
 * was killed is gone on with by another one. Rejects where a step fails, and where what was done is
 * not seen after another round.
 */
export async function converge({
  next,
  perform,
  onStep,
  stopped,
  now,
}: ConvergeInput): Promise<ConvergeResult> {
  let done = 0;
  let previous: readonly Step[] = [];
  let repeated = 0;
  let readings = 0;
  for (let round = 1; ; round += 1) {
    const steps = await next();
    const read = now();
    readings += 1;
    if (steps.length === 0) return { status: "done", steps: done, rounds: round };
    repeated = isSame(steps, previous) ? repeated + 1 : 0;
    const [first] = steps;
    if (first !== undefined && (repeated > 1 || round > MOST_ROUNDS))
      throw new InputError(
        `After ${round - 1} rounds there still is something to do: ${describeStep(first)}.`,
        "Somebody else may be changing this API at the same time. Run the same command again when they are done.",
      );
    previous = steps;
    for (const [at, step] of steps.entries()) {
      const signal = stopped();
      if (signal !== undefined) return { status: "stopped", signal, steps: done };
      if (at > 0 && MOVES_STAGE.has(step.do) && now() - read > LONGEST_VIEW && readings < MOST_READINGS) {
        // Not a round that failed to end: something was done in it.
        round -= 1;
        break;
      }
      onStep(step, at + 1, steps.length);
      try {
        await perform(step);
      } catch (error) {
        // Somebody else removed it between our reading and now: what is left to do is another thing
        // by now.
        if (isGone(error)) break;
        throw error;
      }
      done += 1;
    }
  }
}

const isGone = (error: unknown): boolean => (error as { kind?: unknown } | undefined)?.kind === "not-found";
