import { factsOf } from "../domain/decision/reason.ts";
import type { Judgement } from "../lambda/authorizer/authorize.ts";
import type { DecisionReport } from "./dry-run.ts";
import { printable } from "./printable.ts";

/** Tells a judgement in lines for a person. */
export function printDecision({ judgement, question, response, event }: DecisionReport): string {
  const { request, decision, enforced } = judgement;
  const { outcome, reasons, policies, monitored, segments, challenge } = decision;
  const lines: readonly (readonly [string, string])[] = [
    ["decision", enforced || outcome === "allow" ? outcome : `${outcome}, not enforced: it goes through`],
    ...reasons.map((code) => ["reason", `${code}: ${factsOf(code).says}`] as const),
    ["policies", policies.join(", ") || "none took part"],
    ...(monitored.length === 0 ? [] : [["report-only", monitored.join(", ")] as const]),
    ...(challenge === undefined ? [] : [["challenge", challenge.kind] as const]),
    ["request", `${request.method} ${request.path}`.trim() || "unreadable"],
    ["segments", segments.join(", ") || "not asked"],
    ["who", who(judgement)],
    ["risk", riskWords(judgement)],
    ["policy digest", event.unmapped.sallyport.policy_digest],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    ...lines.map(([name, words]) => `${name.padEnd(width)}  ${printable(words.replaceAll("\n", " "))}`),
    "",
    "asked of Cedar",
    question === undefined ? "  nothing: the request was denied before" : indented(question),
    "",
    "answered to API Gateway",
    indented(response),
    "",
  ].join("\n");
}

function who({ identity }: Judgement): string {
  return identity.status === "unverified"
    ? "not verified"
    : `${identity.subject} of ${identity.issuer}, ${identity.mfa ? "several factors" : "one factor"}`;
}

function riskWords({ identity, risk }: Judgement): string {
  if (identity.status === "unverified") return "not read";
  if (risk.status === "unavailable") return `unavailable: ${risk.why}`;
  return risk.user === undefined ? "nothing held" : `score ${risk.user.score}`;
}

/** Line breaks in JSON are its own; those in texts are escapes already. */
const indented = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) => `  ${printable(line)}`)
    .join("\n");
