/** One thing to time: `run` does it once. */
export interface Candidate {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Timing {
  readonly name: string;
  /** Median over the rounds, microseconds per run */
  readonly micros: number;
  /** Median over the rounds of this candidate's time by the first candidate's in the same round */
  readonly ratio: number;
}

const ROUND_MS = 60;

/**
 * Times candidates in interleaved rounds, so that a drifting machine slows all of them alike; the
 * first is the measure. Ratios are taken round by round before their median is.
 */
export async function timeRounds(
  candidates: readonly Candidate[],
  rounds: number,
): Promise<readonly Timing[]> {
  const counts = await Promise.all(candidates.map(calibrate));
  const samples = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, candidate] of candidates.entries()) {
      samples[at]?.push(await timeRun(candidate, counts[at] ?? 1));
    }
  }
  const measure = samples[0] ?? [];
  return candidates.map(({ name }, at) => {
    const own = samples[at] ?? [];
    return {
      name,
      micros: median(own),
      ratio: median(own.map((micros, round) => micros / (measure[round] ?? Number.NaN))),
    };
  });
}

/** How many runs fill a round, found after a warm-up. */
async function calibrate(candidate: Candidate): Promise<number> {
  await timeRun(candidate, 200);
  const micros = await timeRun(candidate, 200);
  return Math.max(20, Math.ceil((ROUND_MS * 1000) / micros));
}

async function timeRun({ run }: Candidate, count: number): Promise<number> {
  const started = process.hrtime.bigint();
  for (let done = 0; done < count; done++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return Number(process.hrtime.bigint() - started) / 1000 / count;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
