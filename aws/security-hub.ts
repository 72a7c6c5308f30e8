import {
  BatchImportFindingsCommand,
  type BatchImportFindingsResponse,
  SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import type { ImportBatch } from "../domain/risk/security-finding.ts";

export function createSecurityHubClient(): SecurityHubClient {
  return new SecurityHubClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 8000, throwOnRequestTimeout: true },
  });
}

/**
 * Imports findings by BatchImportFindings, which answers 200 and lists failures in the body.
 * Does not split: the caller sends at most 100 findings and 6 MB per call.
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
export function createImportBatch(client: Pick<SecurityHubClient, "send">): ImportBatch {
  return async (findings) => {
    const output: BatchImportFindingsResponse = await client.send(
      new BatchImportFindingsCommand({ Findings: [...findings] }),
    );
    const failed = (output.FailedFindings ?? []).map(({ Id, ErrorCode, ErrorMessage }) => ({
      id: Id ?? "",
      code: ErrorCode ?? "",
      message: ErrorMessage ?? "",
    }));
    // A count without ids does not say which findings failed, so retry all: importing again is
    // harmless.
    if ((output.FailedCount ?? 0) > failed.length) {
      throw new Error(`${output.FailedCount} findings failed, ${failed.length} of them named`);
    }
    return failed;
  };
}
