import type { ApiKind, ApiState } from "./api-state.ts";

/** Layout version of the record and of the snapshot file. */
export const ATTACHMENT_VERSION = 1;

/** Name of the authorizer that attaching creates in an API. */
export const AUTHORIZER_NAME = "sallyport";

/** Start of the description of deployments that attaching makes. */
export const DEPLOYMENT_MARK = "sallyport attach";

/** Start of the description of deployments that rollback makes; they do not call Sallyport. */
export const ROLLBACK_MARK = "sallyport rollback";

/** Unique address of an API. */
export interface ApiAddress {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
}

/**
 * The state of an API before it was attached. Kept in a file and in the table until rollback has
 * restored it.
 */
export interface Snapshot {
  readonly version: typeof ATTACHMENT_VERSION;
  /** ISO 8601 in UTC */
  readonly takenAt: string;
  /**
   * As read before the first change; routes that later applies attach are added in their earlier
   * state
   */
  readonly api: ApiState;
  /** Later additions; absent: none */
  readonly later?: LaterChanges;
  /**
   * SHA-256 of the canonical JSON of all other fields, base64url: detects an edited or truncated
   * file
   */
  readonly digest: string;
}

/**
 * What later applies added to a snapshot: of two with the same `takenAt`, the higher revision is
 * more complete.
 */
export interface LaterChanges {
  readonly revision: number;
  /** Keys of routes that did not exist, or differed, when the snapshot was taken */
  readonly routes: readonly string[];
  /**
   * Stages that were deployed since by other means, so that their recorded deployment is out of
   * date
   */
  readonly stages: readonly string[];
}

/** The table's record of one attached API. */
export interface Attachment {
  readonly version: typeof ATTACHMENT_VERSION;
  readonly address: ApiAddress;
  readonly kind: ApiKind;
  readonly name: string;
  /** ARN of the authorizer function that the API must call */
  readonly functionArn: string;
  /** Stages that attaching deploys to */
  readonly stages: readonly string[];
  /** Route keys that the operator excluded, and the patterns (with `*`) that exclude new routes */
  readonly excluded: readonly string[];
  /** Keys of the routes that the last apply guarded; drift detection compares with them */
  readonly guarded: readonly string[];
  /**
   * By stage, the value of ENFORCE_VARIABLE after the last apply; drift detection compares with it
   */
  readonly enforce: Readonly<Record<string, string>>;
  /** `applying` and `rolling-back`: a run has not ended, or was killed */
  readonly status: "applying" | "attached" | "rolling-back";
  /** ISO 8601 in UTC */
  readonly updatedAt: string;
  readonly snapshot: Snapshot;
}

/** Another run wrote or removed the attachment since it was loaded. */
export class AttachmentConflict extends Error {
  override readonly name = "AttachmentConflict";
}

/** Attachments in the table. Each write is one conditional write of one item. */
export interface AttachmentStore {
  readonly load: (address: ApiAddress) => Promise<Attachment | undefined>;
  /**
   * `previous` is the `updatedAt` that was loaded, undefined for none; rejects with
   * AttachmentConflict if it has changed
   */
  readonly save: (attachment: Attachment, previous: string | undefined) => Promise<void>;
  readonly remove: (address: ApiAddress, previous: string) => Promise<void>;
  /**
   * Passes an unreadable record to `onUnreadable` and continues; without that function the whole
   * list rejects. The caller must not treat the API of an unreadable record as not attached.
   */
  readonly list: (
    onUnreadable?: (address: ApiAddress, error: unknown) => void,
  ) => Promise<readonly Attachment[]>;
}
