import { createImportBatch, createSecurityHubClient } from "../../aws/security-hub.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import { createTelemetry } from "../telemetry.ts";
import { importFindings, type QueuedMessage } from "./import-findings.ts";

const telemetry = createTelemetry(SERVICE.findings);
const importBatch = createImportBatch(createSecurityHubClient());
const REMEDY =
  "Security Hub CSPM refused access: turn it on in this account and Region, and let this function call securityhub:BatchImportFindings. The findings wait in the queue.";

/** SQS's partial batch response: these messages alone come back. */
interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Imports the findings of a batch of SQS messages into Security Hub. A message that fails, also one
 * that cannot be read, goes back to the queue and after its attempts to the dead-letter queue; the
 * others are done.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const handler = async (event: {
  readonly Records: readonly QueuedMessage[];
}): Promise<BatchResponse> => {
  const { imported, failed } = await importFindings(event.Records, importBatch);
  if (imported > 0) telemetry.measure({ name: METRIC.importedFindings, value: imported, unit: "Count" });
  if (failed.length > 0) {
    telemetry.measure({ name: METRIC.refusedFindings, value: failed.length, unit: "Count" });
  }
  for (const { messageId, why } of failed) {
    const remedy = /InvalidAccess|AccessDenied/.test(why) && { remedy: REMEDY };
    telemetry.logger.error("finding not imported", { messageId, why, ...remedy });
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
