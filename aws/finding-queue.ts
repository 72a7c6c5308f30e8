import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { FINDING_MESSAGE_VERSION, type FindingMessage } from "../contract/finding-message.ts";
import type { QueueFinding } from "../domain/risk/security-finding.ts";

export function createFindingQueueClient(): SQSClient {
  return new SQSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
  });
}

/**
 * Sends each finding as a separate message; resolves when SQS has stored it, rejects otherwise.
 */
export function createQueueFinding(client: Pick<SQSClient, "send">, queueUrl: string): QueueFinding {
  return async (finding) => {
    const message: FindingMessage = { v: FINDING_MESSAGE_VERSION, finding };
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  };
}
