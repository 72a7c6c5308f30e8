import fc from "fast-check";
import type { Target, Verdict } from "./target.ts";
import { TARGETS } from "./targets.ts";

/**
 * Milliseconds that no single input may take, slow machines and garbage collection included; the
 * usual is a thousandth of it.
 */
export const LONGEST = 250;
/**
 * An input that took longer is tried again, so that a machine that was busy elsewhere is not blamed
 * on it.
 */
const TRIES = 4;
/** Bytes by which the heap may have grown when all is done and garbage was collected. */
export const MOST_GROWTH = 64 * 1024 * 1024;

export interface Outcome {
  readonly parser: string;
  readonly inputs: number;
  readonly taken: number;
  readonly refused: number;
  /** Milliseconds of the slowest input */
  readonly slowest: number;
  readonly seconds: number;
  /** The input that failed, made as small as it could be, and how; absent: none did */
  readonly failure?: string;
}

/**
 * Feeds every parser its share of `inputs`.
 *
 * @param seed repeats a run exactly
 * @param only the names of the parsers to feed; absent: all
 */
export async function fuzz(
  inputs: number,
  seed: number,
  only?: readonly string[],
): Promise<readonly Outcome[]> {
  const targets = TARGETS.filter(({ name }) => only === undefined || only.includes(name));
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const outcomes: Outcome[] = [];
  for (const target of targets) {
    outcomes.push(await fuzzOne(target, Math.ceil((inputs * target.share) / shares), seed));
  }
  return outcomes;
}

async function fuzzOne({ name, inputs, feed }: Target, numRuns: number, seed: number): Promise<Outcome> {
  const tally = { taken: 0, refused: 0, slowest: 0 };
  const property = fc.asyncProperty(inputs, async (input) => {
    const { verdict, took } = await timed(feed, input);
    if (typeof verdict === "object") throw new Error(verdict.wrong);
    tally[verdict] += 1;
    tally.slowest = Math.max(tally.slowest, took);
    if (took > LONGEST) throw new Error(`took ${took.toFixed(0)} ms`);
  });
  const started = performance.now();
  const details = await fc.check(property, { numRuns, seed });
  return {
    parser: name,
    inputs: details.numRuns,
    taken: tally.taken,
    refused: tally.refused,
    slowest: tally.slowest,
    seconds: (performance.now() - started) / 1000,
    ...(details.failed && {
      failure: `${String(details.errorInstance)}: ${fc.stringify(details.counterexample).slice(0, 2000)}`,
    }),
  };
}

async function timed(feed: Target["feed"], input: unknown): Promise<{ verdict: Verdict; took: number }> {
  let best = Number.POSITIVE_INFINITY;
  for (let left = TRIES; ; left--) {
    const started = performance.now();
    const answer = feed(input);
    const verdict = answer instanceof Promise ? await answer : answer;
    best = Math.min(best, performance.now() - started);
    if (best <= LONGEST || left === 1) return { verdict, took: best };
  }
}
