import { FINDING_MESSAGE_VERSION } from "../../contract/finding-message.ts";
import type { ImportBatch, SecurityFinding } from "../../domain/risk/security-finding.ts";

/** A message of the findings queue. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
}

/** A message that stays in the queue, to be tried again and to end among the dead letters. */
export interface FailedMessage {
  readonly messageId: string;
  readonly why: string;
}

export interface ImportReport {
  /** Findings that Security Hub took */
  readonly imported: number;
  readonly failed: readonly FailedMessage[];
}

/** One finding and the messages that brought it, or an older state of it. */
interface Parcel {
  finding: SecurityFinding;
  readonly messageIds: string[];
}

/**
 * Limits of one call. @see
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
const MOST_FINDINGS = 100;
const MOST_BYTES = 6_000_000;
const LARGEST_FINDING = 240_000;

/**
 * Imports the findings of some messages. Of several states of one finding only the newest is sent,
 * and all their messages share its fate. Never rejects: what fails is reported by message, with the
 * reason.
 */
export async function importFindings(
  messages: readonly QueuedMessage[],
  importBatch: ImportBatch,
): Promise<ImportReport> {
  const failed: FailedMessage[] = [];
  const parcels = new Map<string, Parcel>();
  for (const { messageId, body } of messages) {
    const finding = readMessage(body);
    if (typeof finding === "string") {
      failed.push({ messageId, why: finding });
      continue;
    }
    const parcel = parcels.get(finding.Id);
    if (parcel === undefined) parcels.set(finding.Id, { finding, messageIds: [messageId] });
    else {
      parcel.messageIds.push(messageId);
      if (Date.parse(finding.UpdatedAt) > Date.parse(parcel.finding.UpdatedAt)) parcel.finding = finding;
    }
  }
  let imported = 0;
  for (const batch of batches([...parcels.values()])) {
    const failureOf = await importOneBatch(batch, importBatch);
    for (const { finding, messageIds } of batch) {
      const why = failureOf(finding.Id);
      if (why === undefined) imported++;
      else failed.push(...messageIds.map((messageId) => ({ messageId, why })));
    }
  }
  return { imported, failed };
}

/** Tells why the finding of an id was not taken; undefined if it was. */
type FailureOf = (id: string) => string | undefined;

async function importOneBatch(batch: readonly Parcel[], importBatch: ImportBatch): Promise<FailureOf> {
  try {
    const failed = await importBatch(batch.map(({ finding }) => finding));
    const reasons = new Map(failed.map(({ id, code, message }) => [id, `${code}: ${message}`]));
    // A refusal that names no finding of the batch could mean any of them.
    const unmatched = failed.find(({ id }) => !batch.some(({ finding }) => finding.Id === id));
    return (id) => reasons.get(id) ?? (unmatched && `${unmatched.code}: ${unmatched.message}`);
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return () => why;
  }
}

/** The finding that a message brings, or why it cannot be read. */
function readMessage(body: string): SecurityFinding | string {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return "the message is not JSON";
  }
  if (typeof message !== "object" || message === null) return "the message is not an object";
  const { v, finding } = message as { v?: unknown; finding?: Partial<SecurityFinding> | null };
  if (v !== FINDING_MESSAGE_VERSION) return "the message has an unknown layout version";
  if (typeof finding?.Id !== "string" || finding.Id === "") return "the finding has no Id";
  if (typeof finding.UpdatedAt !== "string" || Number.isNaN(Date.parse(finding.UpdatedAt))) {
    return "the finding's UpdatedAt is no time";
  }
  if (sizeOf(finding) > LARGEST_FINDING) return `the finding is larger than ${LARGEST_FINDING} bytes`;
  return finding as SecurityFinding;
}

function batches(parcels: readonly Parcel[]): Parcel[][] {
  const result: Parcel[][] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    const size = sizeOf(parcel.finding);
    const current = result.at(-1);
    if (current === undefined || current.length >= MOST_FINDINGS || bytes + size > MOST_BYTES) {
      result.push([parcel]);
      bytes = size;
    } else {
      current.push(parcel);
      bytes += size;
    }
  }
  return result;
}

const sizeOf = (finding: unknown): number => Buffer.byteLength(JSON.stringify(finding));
