import type { DecisionMessage, FactorLegend, FindingMessage, RiskMessage } from "../../console/message.ts";
import { REASONS, type ReasonCode } from "../../domain/decision/reason.ts";
import type { AccessEvent } from "../../domain/event/access-event.ts";
import type { UserId } from "../../domain/evidence/identity.ts";
import { FACTORS } from "../../domain/risk/factor-pack.ts";
import { RISK_FACTORS, type RiskFactor, type UserRisk } from "../../domain/risk/risk-state.ts";
import type { SecurityFinding } from "../../domain/risk/security-finding.ts";
import type { SentFinding } from "../security-hub/asff.ts";

/** A decision's event as a row of the page. @param apiNames by API id */
export function describeDecision(event: AccessEvent, apiNames: ReadonlyMap<string, string>): DecisionMessage {
  const { sallyport } = event.unmapped;
  const { user } = event.actor;
  return {
    kind: "decision",
    id: event.metadata.uid,
    at: event.time,
    user: user.uid ?? user.name ?? "unverified",
    api: apiNames.get(sallyport.api_id) ?? sallyport.api_id,
    method: event.http_request.http_method ?? "OTHER",
    path: event.http_request.url.path,
    outcome: sallyport.decision,
    enforced: sallyport.enforced !== false,
    reasons: sallyport.reasons.map((code) => ({ code, says: saysOf(code) })),
    latency: event.duration,
    place: placeOf(event),
    address: event.src_endpoint.ip ?? "",
    agent: event.http_request.user_agent ?? "",
    ...(sallyport.device_trust !== undefined && { deviceTrust: sallyport.device_trust }),
    ...(event.risk_score !== undefined && { score: event.risk_score }),
  };
}

// The event comes from the bus; a function of another version may have sent it.
const saysOf = (code: ReasonCode): string => REASONS[code]?.says ?? code;

function placeOf({ src_endpoint: { location } }: AccessEvent): string {
  const known = [location?.city, countryName(location?.country)].filter((part) => part !== undefined);
  return known.join(", ") || "unknown place";
}

const countries = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

function countryName(code: string | undefined): string | undefined {
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? countries.of(code) : code;
}

/** A factor as a line of the page's legend. */
export function describeFactor({ name, label, defaults, describe }: (typeof FACTORS)[number]): FactorLegend {
  return { name, label, says: `An access ${describe(defaults).access}` };
}

/** A user's risk as a bar of the page. */
export function describeRisk(issuer: string, subject: string, risk: UserRisk): RiskMessage {
  return {
    kind: "risk",
    key: `${issuer}|${subject}`,
    user: subject,
    score: risk.score,
    factors: FACTORS.map(({ name, label }) => ({ name, label, points: risk.factors[name] })),
    at: risk.updatedAt * 1000,
  };
}

/** Our finding as Security Hub stores it; undefined for a finding of another product. */
export function ownFinding(stored: SentFinding): SecurityFinding | undefined {
  return stored.ProductName === "Sallyport" ? (stored as unknown as SecurityFinding) : undefined;
}

export function describeFinding(finding: SecurityFinding): FindingMessage {
  const { ProductFields: fields } = finding;
  return {
    kind: "finding",
    id: finding.Id,
    at: Date.parse(finding.UpdatedAt),
    severity: finding.Severity.Label,
    title: finding.Title,
    description: finding.Description,
    user: userOf(finding)?.subject ?? "unknown user",
    remediation: finding.Remediation.Recommendation.Text,
    techniques: listOf(fields["sallyport/techniques"]),
    decisions: listOf(fields["sallyport/decisions"]),
  };
}

/** The user that a finding is about; undefined if it names none. */
export function userOf(finding: SecurityFinding): UserId | undefined {
  for (const { Details } of finding.Resources) {
    const { issuer, subject } = Details?.Other ?? {};
    if (issuer !== undefined && subject !== undefined) return { issuer, subject };
  }
  return undefined;
}

/** The factors with points in a finding. */
export function factorsOf(finding: SecurityFinding): readonly RiskFactor[] {
  return RISK_FACTORS.filter(
    (factor) => Number(finding.ProductFields[`sallyport/factor/${factor}`] ?? 0) > 0,
  );
}

const listOf = (joined = ""): readonly string[] => joined.split(",").filter((part) => part !== "");
