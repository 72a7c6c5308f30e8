import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
  createProfileTableClient,
  createReadProfile,
  createSaveProfile,
} from "../../aws/dynamodb/profile-store.ts";
import { createSaveRisk } from "../../aws/dynamodb/risk-writer.ts";
import { createFindingQueueClient, createQueueFinding } from "../../aws/finding-queue.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import { observe } from "../../domain/event/access-observation.ts";
import { originOf } from "../function-origin.ts";
import { openCityLocator } from "../locate.ts";
import { createTelemetry } from "../telemetry.ts";
import { type ScoredAccess, score } from "./score.ts";
import { readDeployment } from "./settings.ts";

const telemetry = createTelemetry(SERVICE.scorer);
const { settings, tableName, findingsQueueUrl, folder } = readDeployment(process.env);
const table = createProfileTableClient();
const ports = {
  readProfile: createReadProfile(table, tableName),
  saveProfile: createSaveProfile(table, tableName),
  saveRisk: createSaveRisk(table, tableName),
  queueFinding: createQueueFinding(createFindingQueueClient(), findingsQueueUrl),
  now: Date.now,
  pause: (milliseconds: number) => wait(milliseconds),
  random: Math.random,
  ...(settings.geo === "database" && { locate: openCityLocator(folder) }),
};
const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");
const scoring = { ...settings, digest };
const LONGEST_COPY = 4096;

/**
 * Scores one access event from the bus. An event that cannot be read is counted and logged, and not
 * tried again: it would stay unreadable. Any other trouble rejects, so that the event is tried
 * again and ends in the dead-letter queue.
 */
export const handler = async (
  event: { readonly id?: unknown; readonly detail?: unknown },
  context: { readonly invokedFunctionArn: string },
): Promise<void> => {
  const observed = observe(event.detail, Date.now());
  if (observed.status === "unattributed") return;
  if (observed.status === "unreadable") {
    telemetry.measure({ name: METRIC.unreadableEvents, value: 1, unit: "Count" });
    const copy = JSON.stringify(event.detail)?.slice(0, LONGEST_COPY);
    telemetry.logger.error("event could not be read", { event: event.id, why: observed.why, detail: copy });
    return;
  }
  const origin = originOf(context.invokedFunctionArn);
  report(observed.access.event, await score(observed.access, { ports, scoring, origin }));
};

function report(decisionId: string, { assessment, findings }: ScoredAccess): void {
  const { score: value, factors } = assessment.risk;
  telemetry.measure({ name: METRIC.riskScore, value, unit: "None" });
  for (const { Severity } of findings) {
    const dimensions = { severity: Severity.Label };
    telemetry.measure({ name: METRIC.findings, value: 1, unit: "Count", dimensions });
  }
  telemetry.logger.info("scored", {
    decisionId,
    score: value,
    factors,
    findings: findings.map(({ Id }) => Id),
  });
}
