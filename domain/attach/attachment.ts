import type { ApiKind, ApiState } from "./api-state.ts";

/** Layout version of the record and of the snapshot file. */
export const ATTACHMENT_VERSION = 1;

/** Name of the authorizer that attaching creates in an API. */
export const AUTHORIZER_NAME = "sallyport";

/** How the deployments that attaching makes begin their description. */
export const DEPLOYMENT_MARK = "sallyport attach";

/** How the deployments that rolling back makes begin their description; they ask nothing of Sallyport. */
export const ROLLBACK_MARK = "sallyport rollback";

/** Where an API is; unique. */
export interface ApiAddress {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
}

/** What an API was before it was attached. Kept in a file and in the table until rollback has put it back. */
export interface Snapshot {
  readonly version: typeof ATTACHMENT_VERSION;
  /** ISO 8601 in UTC */
  readonly takenAt: string;
  /** As read before the first change; routes that later applies attach are added as they were before that */
  readonly api: ApiState;
  /** What has come to it since; absent: nothing */
  readonly later?: LaterChanges;
  /** SHA-256 of the canonical JSON of all else, base64url: finds a file that was edited or cut short */
  readonly digest: string;
}

/** What later applies added to a snapshot: of two with the same `takenAt`, the one of the higher revision tells more. */
export interface LaterChanges {
  readonly revision: number;
  /** Keys of routes that were not there, or were otherwise, when the snapshot was taken */
  readonly routes: readonly string[];
  /** Stages that somebody else has deployed since, so that their old deployment no longer is what was there */
  readonly stages: readonly string[];
}

/** The table's record of one attached API. */
export interface Attachment {
  readonly version: typeof ATTACHMENT_VERSION;
  readonly address: ApiAddress;
  readonly kind: ApiKind;
  readonly name: string;
  /** ARN of the authorizer function that the API is to ask */
  readonly functionArn: string;
  /** Stages that attaching deploys to */
  readonly stages: readonly string[];
  /** Route keys that are left as they are, on purpose; and the patterns (with `*`) that new routes are held against */
  readonly excluded: readonly string[];
  /** Keys of the routes that the last apply let ask the authorizer; drift is held against it */
  readonly guarded: readonly string[];
  /** By stage, what the last apply left in ENFORCE_VARIABLE; drift is held against it */
  readonly enforce: Readonly<Record<string, string>>;
  /** `applying` and `rolling-back` tell of a run that has not ended, or was killed */
  readonly status: "applying" | "attached" | "rolling-back";
  /** ISO 8601 in UTC */
  readonly updatedAt: string;
  readonly snapshot: Snapshot;
}

/** Somebody else wrote or removed the attachment since it was loaded. */
export class AttachmentConflict extends Error {
  override readonly name = "AttachmentConflict";
}

/** Attachments in the table. Each write is one conditional write of one item. */
export interface AttachmentStore {
  readonly load: (address: ApiAddress) => Promise<Attachment | undefined>;
  /** `previous` is the `updatedAt` that was loaded, undefined for none; rejects with AttachmentConflict if it is another one by now */
  readonly save: (attachment: Attachment, previous: string | undefined) => Promise<void>;
  readonly remove: (address: ApiAddress, previous: string) => Promise<void>;
  /**
   * A record that cannot be read is told to `onUnreadable`, so that it hides no other; without one the whole list rejects.
   * Whoever leaves one out must not take its API for one that is not attached.
   */
  readonly list: (
    onUnreadable?: (address: ApiAddress, error: unknown) => void,
  ) => Promise<readonly Attachment[]>;
}
