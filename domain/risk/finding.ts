import type { Digest } from "../digest.ts";
import type { AccessObservation } from "../event/access-observation.ts";
import type { UserId } from "../evidence/identity.ts";
import type { EpochSeconds } from "../time.ts";
import type { Cause, FactorDefinition } from "./factor.ts";
import { FACTORS } from "./factor-pack.ts";
import type { Episode, Profile } from "./profile.ts";
import type { FactorRules, RiskThresholds } from "./risk-rules.ts";
import { RISK_FACTORS } from "./risk-state.ts";
import {
  clip,
  type FindingOrigin,
  type FindingResource,
  partitionOf,
  productArn,
  type SecurityFinding,
  type SeverityLabel,
} from "./security-finding.ts";

const REMEDIATION = [
  "Ask the user, over a channel other than this session, whether they made these requests.",
  "If not, or in doubt: end the user's sessions at the identity provider, reset the password and the multi-factor",
  "authentication, and look up the decision ids of this finding in Sallyport's access events.",
].join(" ");

/**
 * Describes an announced episode as a finding. Pure: the same profile and access give the same
 * finding.
 */
export function describeFinding(
  profile: Profile,
  episode: Episode,
  access: AccessObservation,
  origin: FindingOrigin,
  { rules, thresholds, digest }: { rules: FactorRules; thresholds: RiskThresholds; digest: Digest },
): SecurityFinding {
  const { user } = access;
  const causes = describeCauses(profile, episode, rules);
  const label: SeverityLabel = episode.score > thresholds.high ? "HIGH" : "MEDIUM";
  const severity = { Label: label, Original: String(episode.score) };
  const types = unique(["Unusual Behaviors/User", ...causes.map(({ factor }) => factor.findingType)]);
  const name = `${user.issuer}|${user.subject}`;
  return {
    SchemaVersion: "2018-10-08",
    Id: `sallyport/user/${digest(name)}/${episode.start}`,
    ProductArn: productArn(origin),
    ProductName: "Sallyport",
    CompanyName: "Sallyport",
    GeneratorId: "sallyport/user-risk",
    AwsAccountId: origin.accountId,
    Types: types,
    CreatedAt: iso(episode.start),
    UpdatedAt: new Date(episode.announcedAt).toISOString(),
    FirstObservedAt: iso(Math.min(episode.start, ...causes.flatMap(({ at }) => at ?? []))),
    LastObservedAt: iso(profile.at),
    Severity: severity,
    FindingProviderFields: { Severity: severity, Types: types },
    Title: clip(`Risk score ${episode.score} of 100 for user ${user.subject}`, 256),
    Description: clip(
      [
        `User ${clip(user.subject, 128)} of ${clip(user.issuer, 256)} has risk score ${episode.score} of 100:`,
        `${causes.map(({ says, points }) => `${says} (${points} points)`).join("; ")}.`,
      ].join(" "),
      1024,
    ),
    Remediation: { Recommendation: { Text: REMEDIATION } },
    ProductFields: productFields(episode, causes),
    Resources: [userResource(user, digest(name), origin), ...apiResource(access, origin)],
    RecordState: "ACTIVE",
  };
}

interface FactorCause extends Cause {
  readonly factor: FactorDefinition;
  readonly points: number;
}

function describeCauses({ parts }: Profile, { factors }: Episode, rules: FactorRules): FactorCause[] {
  return FACTORS.filter(({ name }) => factors[name] > 0).map((factor) => ({
    factor,
    points: factors[factor.name],
    ...factor.cause(parts[factor.name], rules[factor.name]),
  }));
}

function productFields(episode: Episode, causes: readonly FactorCause[]): Record<string, string> {
  const points = RISK_FACTORS.map((factor) => [
    `sallyport/factor/${factor}`,
    String(episode.factors[factor]),
  ]);
  return {
    "sallyport/score": String(episode.score),
    ...Object.fromEntries(points),
    "sallyport/techniques": unique(causes.flatMap(({ factor }) => factor.techniques)).join(","),
    "sallyport/decisions": unique(causes.flatMap(({ events }) => events))
      .map((id) => clip(id, 36))
      .join(","),
  };
}

/**
 * An API's end user is not an AWS principal, so the only resource type in the format is `Other`.
 */
function userResource(user: UserId, hash: string, { partition, region }: FindingOrigin): FindingResource {
  return {
    Type: "Other",
    Id: `sallyport/user/${hash}`,
    ...partitionOf(partition),
    Region: region,
    Details: { Other: { issuer: clip(user.issuer, 512), subject: clip(user.subject, 512) } },
  };
}

function apiResource({ api }: AccessObservation, { partition }: FindingOrigin): FindingResource[] {
  if (api === undefined) return [];
  const id = `arn:${partition}:execute-api:${api.region}:${api.accountId}:${api.apiId}/${api.stage}`;
  return [{ Type: "Other", Id: clip(id, 512), ...partitionOf(partition), Region: clip(api.region, 64) }];
}

const iso = (at: EpochSeconds): string => new Date(at * 1000).toISOString();
const unique = (values: readonly string[]): string[] => [...new Set(values)];
