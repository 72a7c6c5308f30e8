import { type AccessResult, goesThrough } from "../domain/decision/access-result.ts";
import { factsOf } from "../domain/decision/reason.ts";
import type { DecisionReport } from "./dry-run.ts";
import { printable } from "./printable.ts";

/** Prints a decision in lines for a person. */
export function printDecision({ result, question, response, event }: DecisionReport): string {
  const { request, decision } = result;
  const { outcome, reasons, policies, monitored, segments, challenge } = decision;
  const lines: readonly (readonly [string, string])[] = [
    [
      "decision",
      outcome !== "allow" && goesThrough(result)
        ? `${outcome}, not enforced: the request goes through`
        : outcome,
    ],
    ...reasons.map((code) => ["reason", `${code}: ${factsOf(code).says}`] as const),
    ["policies", policies.join(", ") || "none applied"],
    ...(monitored.length === 0 ? [] : [["report-only", monitored.join(", ")] as const]),
    ...(challenge === undefined ? [] : [["challenge", challenge.kind] as const]),
    ["request", `${request.method} ${request.path}`.trim() || "unreadable"],
    ["segments", segments.join(", ") || "not asked"],
    ["who", who(result)],
    ["risk", riskWords(result)],
    ["policy digest", event.unmapped.sallyport.policy_digest],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    ...lines.map(([name, words]) => `${name.padEnd(width)}  ${printable(words.replaceAll("\n", " "))}`),
    "",
    "question to Cedar",
    question === undefined ? "  nothing: the request was denied earlier" : indented(question),
    "",
    "response to API Gateway",
    indented(response),
    "",
  ].join("\n");
}

function who({ caller }: AccessResult): string {
  return caller.status === "unverified"
    ? "not verified"
    : `${caller.subject} of ${caller.issuer}, ${caller.mfa ? "several factors" : "one factor"}`;
}

function riskWords({ caller, risk }: AccessResult): string {
  if (caller.status === "unverified") return "not read";
  if (risk.status === "unavailable") return `unavailable: ${risk.why}`;
  return risk.user === undefined ? "no restriction or score" : `score ${risk.user.score}`;
}

/** Line breaks in JSON are its own; those in texts are escapes already. */
const indented = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) => `  ${printable(line)}`)
    .join("\n");
