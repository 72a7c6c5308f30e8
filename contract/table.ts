import type { UserId } from "../domain/evidence/identity-evidence.ts";
import { deviceIdOfKey } from "../domain/evidence/registered-device.ts";

/** Attribute names of the one table. `expiresAt` is epoch seconds; DynamoDB removes expired items late, so readers check it. */
export const TABLE = { partitionKey: "pk", sortKey: "sk", timeToLive: "expiresAt" } as const;

/** Sort keys; each kind of item has exactly one writing function. */
export const ITEM = {
  /** score, factors, updatedAt, expiresAt; written by the scorer */
  risk: "RISK",
  /** behaviour profile; written by the scorer */
  profile: "PROFILE",
  /**
   * revocations and quarantines, written by signals and the responder; a device's one also has its registration (ownerIssuer,
   * ownerSubject, keys, enrolledAt, retiredAt, posture), written by `sallyport device`, and never an expiry
   */
  access: "ACCESS",
  /** that a key is retired, under whatever id it comes: retiredAt, v; written by `sallyport device`, and never taken back */
  key: "KEY",
  /** the secret of the DPoP nonces; written once, by whichever authorizer first needs it */
  nonceSecret: "SECRET",
} as const;

/** Layout version that writers put into the attribute `v`; a reader that finds another one treats the item as unreadable. */
export const ITEM_VERSION = 1;

export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/** The issuer comes first and holds no `|` (it is a URL checked by configuration), so the key cannot be forged by a subject. */
export const userPartition = ({ issuer, subject }: UserId): string => `USER#${issuer}|${subject}`;
export const sessionPartition = (issuer: string, sessionId: string): string =>
  `SESSION#${issuer}|${sessionId}`;
export const devicePartition = (deviceId: string): string => `DEVICE#${deviceId}`;
/** Where it stands that a key is retired: the partition of the device that it would be by itself. */
export const keyPartition = (thumbprint: string): string => devicePartition(deviceIdOfKey(thumbprint));

/** What the authorizer writes, and all that it may write. */
const PROOFS = "PROOF#";
export const PROOF_PARTITIONS = `${PROOFS}*`;
/** Used proofs by their key's thumbprint; the sort key is the hash of the proof's `jti`. */
export const proofPartition = (jkt: string): string => `${PROOFS}${jkt}`;
/** Shorter than any thumbprint, so that no key's proofs stand in it */
export const NONCE_PARTITION = `${PROOFS}NONCE`;

/** All that the authorizer reads: not the attachments, whose snapshots hold the stage variables of APIs. */
export const DECISION_PARTITIONS = ["USER#*", "SESSION#*", "DEVICE#*", NONCE_PARTITION] as const;

/** Ledgers of drift, one item for each attached API, its sort key `<account>/<region>/<api id>`; written by the drift function. */
export const DRIFT_PARTITION = "DRIFT";

/** APIs that Sallyport was attached to, written by `sallyport attach`; read by it and by the drift function. */
export const ATTACHMENTS_PARTITION = "ATTACHMENT";
export const attachmentSortKey = (address: {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
}): string => `${address.accountId}/${address.region}/${address.apiId}`;

/** What `attachmentSortKey` was made of; undefined: it made no such key. */
export function readAttachmentSortKey(
  key: string,
): { readonly accountId: string; readonly region: string; readonly apiId: string } | undefined {
  const [accountId, region, apiId, ...rest] = key.split("/");
  return accountId && region && apiId && rest.length === 0 ? { accountId, region, apiId } : undefined;
}
