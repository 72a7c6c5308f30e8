import type { EpochSeconds } from "../../time.ts";
import type { PostureReading } from "../device-posture.ts";
import { memberOf, onlyRecord, toPosture } from "./read-payload.ts";

/** The overall score from which a host counts as healthy; CrowdStrike names none. */
export const DEFAULT_MINIMUM_SCORE = 70;

/**
 * Reads a host's Zero Trust Assessment: one element of `resources` of
 * `GET /zero-trust-assessment/entities/assessments/v1`, or the answer with one element.
 *
 * `assessment.overall`, 0 to 100, decides; the moment is `modified_time`. The single signals are
 * not read. Tested by the documented shape only: no Falcon tenant was asked.
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_signal_properties.go
 */
export function readCrowdStrikePosture(
  payload: unknown,
  now: EpochSeconds,
  minimumScore: number = DEFAULT_MINIMUM_SCORE,
): PostureReading {
  const host = onlyRecord(payload, "resources");
  const score = memberOf(host, "assessment", "overall");
  if (typeof score !== "number" || !(score >= 0 && score <= 100))
    return { unreadable: "it is no assessment of one host with an overall score from 0 to 100" };
  const compliant = score >= minimumScore;
  return toPosture("crowdstrike", memberOf(host, "modified_time"), now, {
    compliant,
    details: compliant ? [] : [`score-${Math.floor(score)}`],
  });
}
