import type { DevicePosture, PostureReading } from "../domain/evidence/device-posture.ts";
import { DEFAULT_MINIMUM_SCORE, readCrowdStrikePosture } from "../domain/evidence/posture/crowdstrike.ts";
import { readIntunePosture } from "../domain/evidence/posture/intune.ts";
import { readJamfPosture } from "../domain/evidence/posture/jamf.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { InputError, readJsonInput, UsageError } from "./command.ts";

type ReadPosture = (payload: unknown, now: EpochSeconds, minimumScore: number) => PostureReading;

const READERS: Readonly<Record<string, ReadPosture>> = {
  jamf: readJamfPosture,
  intune: readIntunePosture,
  crowdstrike: readCrowdStrikePosture,
};

export const POSTURE_SOURCES = Object.keys(READERS);

/** What the command line says of a posture. */
export interface PostureFlags {
  readonly from?: string;
  readonly "minimum-score"?: string;
  readonly healthy?: boolean;
  readonly unhealthy?: boolean;
  readonly detail?: readonly string[];
}

const SEE = "See sallyport device --help.";

/** The posture out of a tool's payload in a file, or as stated by the flags themselves. */
export async function readPosture(
  flags: PostureFlags,
  file: string | undefined,
  now: EpochSeconds,
): Promise<DevicePosture> {
  const stated = [flags.healthy, flags.unhealthy].filter(Boolean).length;
  if (stated + (flags.from === undefined ? 0 : 1) !== 1)
    throw new UsageError("posture takes exactly one of --from, --healthy and --unhealthy.", SEE);
  if (flags["minimum-score"] !== undefined && flags.from !== "crowdstrike")
    throw new UsageError("--minimum-score is accepted only with --from crowdstrike.", SEE);
  if (flags.from !== undefined) return readPayload(flags.from, flags, file, now);
  if (file !== undefined) throw new UsageError("A posture file needs --from.", SEE);
  return {
    source: "stated",
    compliant: flags.healthy === true,
    assessedAt: now,
    details: readDetails(flags.detail ?? []),
  };
}

async function readPayload(
  from: string,
  flags: PostureFlags,
  file: string | undefined,
  now: EpochSeconds,
): Promise<DevicePosture> {
  const read = Object.hasOwn(READERS, from) ? READERS[from] : undefined;
  if (read === undefined)
    throw new UsageError(`--from ${from} must be one of ${POSTURE_SOURCES.join(", ")}.`, SEE);
  if (file === undefined) throw new UsageError("--from needs a file with the tool's payload.", SEE);
  if (flags.detail !== undefined)
    throw new UsageError("--detail is accepted only with --healthy or --unhealthy.", SEE);
  const reading = read(await readJsonInput(file, "file"), now, readScore(flags["minimum-score"]));
  if ("unreadable" in reading) {
    throw new InputError(
      `${file} is not a ${from} payload: ${reading.unreadable}.`,
      "Nothing was written. Export the payload again.",
    );
  }
  return reading;
}

function readScore(given: string | undefined): number {
  if (given === undefined) return DEFAULT_MINIMUM_SCORE;
  if (!/^\d{1,3}$/.test(given) || Number(given) > 100)
    throw new UsageError(`--minimum-score ${given} must be a whole number from 0 to 100.`, SEE);
  return Number(given);
}

function readDetails(given: readonly string[]): readonly string[] {
  const odd = given.find((detail) => !/^[a-z0-9][a-z0-9-]{0,63}$/.test(detail));
  if (odd !== undefined)
    throw new UsageError(
      `--detail ${JSON.stringify(odd)} is not a short code.`,
      "Use lowercase letters, digits and hyphens, such as disk-not-encrypted.",
    );
  if (given.length > 16) throw new UsageError("--detail can be given at most 16 times.", SEE);
  return [...new Set(given)];
}
