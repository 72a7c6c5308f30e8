import type { SecurityFinding } from "../domain/risk/security-finding.ts";

/** Layout version of a message on the findings queue. */
export const FINDING_MESSAGE_VERSION = 1;

/** What the scorer puts on the findings queue, one finding a message, as JSON. */
export interface FindingMessage {
  readonly v: typeof FINDING_MESSAGE_VERSION;
  readonly finding: SecurityFinding;
}
