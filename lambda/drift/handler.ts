import { createHash } from "node:crypto";
import { createApiControl } from "../../aws/api-gateway/api-control.ts";
import { createPace } from "../../aws/api-gateway/pace.ts";
import { createAttachmentStore } from "../../aws/dynamodb/attachment-store.ts";
import { createRegistryClient } from "../../aws/dynamodb/device-registry.ts";
import { createDriftStore } from "../../aws/dynamodb/drift-store.ts";
import { createFindingQueueClient, createQueueFinding } from "../../aws/finding-queue.ts";
import { ENV } from "../../contract/environment.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import { requiredVariable } from "../deployment.ts";
import { originOf } from "../function-origin.ts";
import { createTelemetry } from "../telemetry.ts";
import { type CheckedApi, checkDrift, type DriftRun } from "./check-drift.ts";
import { readAttached } from "./read-attached.ts";

const telemetry = createTelemetry(SERVICE.drift);
const tableName = requiredVariable(process.env, ENV.tableName);
const table = createRegistryClient();
const ledgers = createDriftStore(table, tableName);
const queueFinding = createQueueFinding(
  createFindingQueueClient(),
  requiredVariable(process.env, ENV.findingsQueueUrl),
);
/**
 * Half of what API Gateway's control plane takes of an account and Region: somebody may be
 * deploying meanwhile.
 */
const CALLS_PER_SECOND = 5;

interface InvocationContext {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/**
 * Checks the attached APIs for drift, whatever the event that it is invoked by. An API that cannot
 * be checked is counted and logged, and the others are checked; without the table it rejects, so
 * that the invocation is tried again.
 */
export const handler = async (_event: unknown, context: InvocationContext): Promise<void> => {
  const origin = originOf(context.invokedFunctionArn);
  const pace = createPace({ perSecond: CALLS_PER_SECOND, attempts: 4 });
  const run = await checkDrift(origin, {
    listAttachments: createAttachmentStore(table, pace, tableName).list,
    readApi: ({ address, kind }) =>
      readAttached(() => createApiControl({ address, partition: origin.partition, kind, pace })),
    listLedgers: ledgers.list,
    saveLedger: ledgers.save,
    removeLedger: ledgers.remove,
    queueFinding,
    now: Date.now,
    remaining: () => context.getRemainingTimeInMillis(),
    digest: (text) => createHash("sha256").update(text).digest("base64url"),
  });
  report(run);
};

function report({ checked, failed, postponed, elsewhere }: DriftRun): void {
  const open = checked.reduce((sum, api) => sum + api.open.length, 0);
  telemetry.measure({ name: METRIC.driftProblems, value: open, unit: "Count" });
  const partly = checked.filter(({ unread }) => unread.length > 0).length;
  telemetry.measure({ name: METRIC.driftFailures, value: failed.length + postponed + partly, unit: "Count" });
  for (const api of checked) {
    if (api.unread.length === 0) telemetry.logger.info("checked", describe(api));
    else telemetry.logger.error("checked in part", describe(api));
  }
  for (const { address, error } of failed) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    telemetry.logger.error("not checked", { api: address, why });
  }
  if (elsewhere > 0)
    telemetry.logger.warn("APIs of other accounts or Regions are recorded here and not checked", {
      elsewhere,
    });
  if (postponed > 0) telemetry.logger.warn("no time was left for some APIs", { postponed });
}

const describe = ({ address, open, sent, unread }: CheckedApi) => ({
  api: address,
  open: open.map(({ kind, subject }) => `${kind} ${subject}`.trim()),
  sent,
  ...(unread.length > 0 && { unread }),
});
