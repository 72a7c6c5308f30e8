import type { UserId } from "../domain/evidence/identity.ts";
import { deviceIdOfKey } from "../domain/evidence/registered-device.ts";

/**
 * Attribute names of the one table. `expiresAt` is epoch seconds; DynamoDB removes expired items
 * late, so readers check it.
 */
export const TABLE = { partitionKey: "pk", sortKey: "sk", timeToLive: "expiresAt" } as const;

/**
 * Sort keys; each kind of item has exactly one writer, and is in partitions that only that
 * writer may write.
 */
export const ITEM = {
  /** score, factors, updatedAt, elevatedAt, profileVersion, expiresAt; written by the scorer */
  risk: "RISK",
  /** behaviour profile; written by the scorer */
  profile: "PROFILE",
  /**
   * revokedAt, notBefore, quarantinedUntil; written by `sallyport restrict` and the responder, one
   * attribute at a time and never with an expiry. A device's may also hold the registration that
   * 0.1.0 wrote
   */
  access: "ACCESS",
  /**
   * ownerIssuer, ownerSubject, keys, enrolledAt, retiredAt, posture; written by `sallyport device`
   */
  registration: "REGISTRATION",
  /**
   * that a key is retired, under whatever id it comes: retiredAt; written by `sallyport device`,
   * and never removed
   */
  key: "KEY",
  /** the secret of the DPoP nonces; written once, by whichever authorizer first needs it */
  nonceSecret: "SECRET",
} as const;

/**
 * Layout version by kind of item; writers put it into the attribute `v`. A change that the readers
 * of the version before cannot read raises the version of this kind only. Readers accept this
 * version and the one before.
 */
export const LAYOUT = {
  risk: 1,
  profile: 2,
  access: 1,
  registration: 1,
  key: 1,
  proof: 1,
  nonceSecret: 1,
  attachment: 1,
  ledger: 1,
} as const satisfies Record<string, number>;

export type ItemKind = keyof typeof LAYOUT;

export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/**
 * The issuer comes first and holds no `|` (it is a URL checked by configuration), so the key cannot
 * be forged by a subject.
 */
const withinIssuer = (issuer: string, name: string): string => `${issuer}|${name}`;

/** Restrictions of a user; 0.1.0 kept the user's risk and profile here as well. */
export const userPartition = ({ issuer, subject }: UserId): string => `USER#${withinIssuer(issuer, subject)}`;
export const sessionPartition = (issuer: string, sessionId: string): string =>
  `SESSION#${withinIssuer(issuer, sessionId)}`;
export const devicePartition = (deviceId: string): string => `DEVICE#${deviceId}`;
/**
 * Where the retirement of a key stands: the partition of the device that the key would be by
 * itself.
 */
export const keyPartition = (thumbprint: string): string => devicePartition(deviceIdOfKey(thumbprint));

/** Risk and profile of a user */
export const riskPartition = ({ issuer, subject }: UserId): string => `RISK#${withinIssuer(issuer, subject)}`;
export const registryPartition = (deviceId: string): string => `REGISTRY#${deviceId}`;

const PROOFS = "PROOF#";

/**
 * Patterns for `dynamodb:LeadingKeys`. IAM tells partitions apart, not sort keys, so each writer
 * has its own patterns.
 */
export const PARTITIONS = {
  /** Written by the scorer */
  risk: "RISK#*",
  /** Written by operators and the responder: revocations, quarantines, retirements of keys */
  restrictions: ["USER#*", "SESSION#*", "DEVICE#*"],
  /** Users' items of 0.1.0, of which the scorer reads profiles */
  users: "USER#*",
  /** Written by `sallyport device` */
  registry: "REGISTRY#*",
  /** Written by the authorizer */
  proofs: `${PROOFS}*`,
} as const;

/** Used proofs by their key's thumbprint; the sort key is the hash of the proof's `jti`. */
export const proofPartition = (jkt: string): string => `${PROOFS}${jkt}`;
/** Shorter than any thumbprint, so that it holds no key's proofs */
export const NONCE_PARTITION = `${PROOFS}NONCE`;

/**
 * All that the authorizer reads: not the attachments, whose snapshots hold the stage variables of
 * APIs.
 */
export const DECISION_PARTITIONS: readonly string[] = [
  PARTITIONS.risk,
  ...PARTITIONS.restrictions,
  PARTITIONS.registry,
  NONCE_PARTITION,
];

/**
 * Ledgers of drift, one item for each attached API, its sort key `<account>/<region>/<api id>`;
 * written by the drift function.
 */
export const DRIFT_PARTITION = "DRIFT";

/**
 * APIs that Sallyport was attached to, written by `sallyport attach`; read by it and by the drift
 * function.
 */
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
