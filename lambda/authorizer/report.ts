import { METRIC } from "../../contract/metrics.ts";
import { type AccessResult, goesThrough } from "../../domain/decision/access-result.ts";
import { isFault } from "../../domain/decision/decision.ts";
import { unreadableRestrictionsOf } from "../../domain/decision/evaluate.ts";
import type { AccessEvent } from "../../domain/event/access-event.ts";
import type { PublishAccessEvent } from "../../domain/event/publish-access-event.ts";
import type { RiskState } from "../../domain/risk/risk-state.ts";
import type { Telemetry } from "../telemetry.ts";

/**
 * Reports a result: the event on the bus, the metrics, one log line. Never rejects.
 * An event that does not reach the bus is counted, and stands whole in the log to be replayed.
 */
export async function report(
  result: AccessResult,
  event: AccessEvent,
  budget: number,
  publish: PublishAccessEvent,
  telemetry: Telemetry,
): Promise<void> {
  const delivered = publish(event, budget).catch((error: unknown) => {
    telemetry.measure({ name: METRIC.undeliveredEvents, value: 1, unit: "Count" });
    telemetry.logger.error("event not delivered", { error: messageOf(error), undelivered: event });
  });
  const { caller, decision, enforced, risk } = result;
  const unreadable = unreadableRestrictionsOf(risk);
  const unknown = unknownAttributesOf(risk);
  measureResult(result, telemetry);
  telemetry.logger.info("decision", {
    decisionId: event.metadata.uid,
    decision: decision.outcome,
    ...(!enforced && { enforced: false }),
    reasons: decision.reasons,
    policies: decision.policies,
    ...(decision.monitored.length > 0 && { monitored: decision.monitored }),
    ...(risk.status === "unavailable" && caller.status === "verified" && { riskUnavailable: risk.why }),
    ...(unreadable.length > 0 && { unreadableRestrictions: unreadable }),
    ...(unknown.length > 0 && { unknownRiskAttributes: unknown }),
  });
  await delivered;
}

function measureResult(result: AccessResult, { measure }: Telemetry): void {
  const { caller, request, risk, decision, latency } = result;
  const [reason] = decision.reasons;
  measure({
    // What was not enforced must not look like a denial that clients met.
    name: decision.outcome !== "allow" && goesThrough(result) ? METRIC.monitoredDenials : METRIC.decisions,
    value: 1,
    unit: "Count",
    dimensions: { outcome: decision.outcome, reason },
  });
  // Samples of one call share their dimensions, so each policy takes a call.
  for (const policy of decision.monitored) {
    measure({ name: METRIC.reportOnlyForbids, value: 1, unit: "Count", dimensions: { policy } });
  }
  measure(
    { name: METRIC.decisionLatency, value: latency.total, unit: "Milliseconds" },
    { name: METRIC.verifyLatency, value: latency.verify, unit: "Milliseconds" },
    { name: METRIC.riskLatency, value: latency.risk, unit: "Milliseconds" },
    { name: METRIC.evaluateLatency, value: latency.evaluate, unit: "Milliseconds" },
  );
  if (caller.status === "unverified" && request.credentials.status === "bearer") {
    measure({ name: METRIC.tokenFailures, value: 1, unit: "Count", dimensions: { reason: caller.reason } });
  }
  if (caller.status === "verified" && risk.status === "unavailable") {
    measure({ name: METRIC.riskUnavailable, value: 1, unit: "Count" });
  }
  // Without further dimensions: an alarm finds a metric only by exactly those it names.
  if (isFault(decision)) measure({ name: METRIC.faults, value: 1, unit: "Count" });
  if (unreadableRestrictionsOf(risk).length > 0)
    measure({ name: METRIC.unreadableRestrictions, value: 1, unit: "Count" });
  if (unknownAttributesOf(risk).length > 0)
    measure({ name: METRIC.unknownRiskAttributes, value: 1, unit: "Count" });
}

const unknownAttributesOf = (risk: RiskState): readonly string[] =>
  (risk.status === "known" ? risk.unknownAttributes : undefined) ?? [];

export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
