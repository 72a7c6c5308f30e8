import type { EpochMs } from "../../domain/time.ts";

/** The burst, and the refill per second. */
export interface QuestionRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Limits a rate by comparing moments: a token bucket. */
export interface QuestionBrake {
  /** Whether one more question may be asked now; it then counts */
  readonly take: () => boolean;
  /** The question that was taken last was no waste, and does not count */
  readonly giveBack: () => void;
}

/**
 * @param now a clock that was set back refills nothing; one that jumped ahead refills at most
 *   `burst`
 */
export function createQuestionBrake(now: () => EpochMs, { burst, perSecond }: QuestionRate): QuestionBrake {
  let left = burst;
  let filledAt = now();
  return {
    take: () => {
      const at = now();
      left = Math.min(burst, left + (Math.max(0, at - filledAt) / 1000) * perSecond);
      filledAt = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    giveBack: () => {
      left = Math.min(burst, left + 1);
    },
  };
}
