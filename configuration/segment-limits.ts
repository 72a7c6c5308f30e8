import type { AuthorizerSettings } from "../contract/settings.ts";
import type { SegmentTable } from "../domain/decision/segment.ts";
import { DEFAULT_LEEWAY } from "../domain/evidence/token-limits.ts";
import { ConfigurationError, type ConfigurationProblem } from "./configuration-error.ts";
import type { IssuerInput } from "./issuer-schema.ts";
import { acceptedOf, show } from "./problem.ts";
import type { SegmentsInput } from "./segment-schema.ts";

/**
 * A segment cannot believe a clock further than its issuer does: such a leeway would say what does
 * not hold.
 */
export function leewayProblems(
  segments: SegmentsInput,
  issuers: readonly (IssuerInput | undefined)[],
): ConfigurationProblem[] {
  // What an issuer that is wrong in itself would believe is not known yet.
  const leeways = issuers.map((issuer) =>
    issuer === undefined ? Number.POSITIVE_INFINITY : (issuer.leeway ?? DEFAULT_LEEWAY),
  );
  const least = Math.min(...leeways);
  return Object.entries(segments).flatMap(([name, { leeway = 0 }]) => {
    if (leeway <= least) return [];
    const accepted = `${least} seconds at most, which is the leeway of issuers[${leeways.indexOf(least)}]`;
    return [{ path: `segments.${name}.leeway`, found: show(leeway), accepted }];
  });
}

/**
 * Refuses limits for segments that the policies do not know, which would limit nothing.
 *
 * @throws ConfigurationError with all of them at once
 */
export function assertKnownSegments(
  { segmentLimits = {} }: Pick<AuthorizerSettings, "segmentLimits">,
  segments: SegmentTable,
): void {
  const problems = Object.keys(segmentLimits)
    .filter((name) => !Object.hasOwn(segments, name))
    .map((name) => ({
      path: `segments.${name}`,
      found: "a segment that segments.json does not name",
      accepted: acceptedOf(Object.keys(segments), name),
    }));
  if (problems.length > 0) throw new ConfigurationError("the configuration", problems);
}
