import { rm } from "node:fs/promises";
import type { ApiState } from "../../domain/attach/api-state.ts";
import {
  type ApiAddress,
  ATTACHMENT_VERSION,
  type Attachment,
  type AttachmentStore,
  type Snapshot,
} from "../../domain/attach/attachment.ts";
import { differences } from "../../domain/attach/differences.ts";
import { findAuthorizer, isAttachDeployment, wasThere } from "../../domain/attach/recognise.ts";
import { digestOf, newerSnapshot } from "../../domain/attach/snapshot.ts";
import { isSame } from "../../domain/canonical-json.ts";
import { InputError } from "../command.ts";
import { readSnapshotFile, type SnapshotFile, sha256, writeSnapshotFile } from "./snapshot-file.ts";

/** What is remembered of one attached API, in the table and beside it in a file. */
export interface AttachmentRecord {
  /** Undefined: not attached as far as both tell */
  readonly current: () => Attachment | undefined;
  /** What a person should know of where it was found */
  readonly notices: readonly string[];
  /** Writes the file, then the table, where they differ from it */
  readonly save: (attachment: Omit<Attachment, "updatedAt" | "version">) => Promise<void>;
  /** Forgets it in the table; the file is kept, marked as rolled back */
  readonly close: () => Promise<void>;
}

interface RecordPlace {
  readonly address: ApiAddress;
  readonly path: string;
  readonly store: AttachmentStore | undefined;
  /** Milliseconds */
  readonly now: () => number;
}

/**
 * Loads the record from the table and the file; an InputError where they tell different things.
 * @param api As it is now; undefined: it is gone
 */
export async function openRecord(place: RecordPlace, api: ApiState | undefined): Promise<AttachmentRecord> {
  const { address, path, store, now } = place;
  const file = await readSnapshotFile(path, address);
  let stored = await store?.load(address);
  if (stored !== undefined && !isWhole(stored.snapshot))
    throw new InputError(
      "The table's record of this API was edited or is damaged: digest mismatch of the snapshot.",
      `A rollback from it could open a route. If you trust ${path}, delete the item and use that file.`,
    );
  let written = file?.rolledBackAt === undefined ? file : undefined;
  const { attachment, notices } = reconcile(written?.attachment, stored, api, place);
  let current = attachment;
  let last = Math.max(now(), Date.parse(stored?.updatedAt ?? "") || 0);
  const stamp = (): string => {
    // The table tells one writer from another by this moment, so no two may be the same.
    last = Math.max(now(), last + 1);
    return new Date(last).toISOString();
  };
  return {
    current: () => current,
    notices,
    save: async (wanted) => {
      const version = ATTACHMENT_VERSION;
      const { updatedAt, ...before } = current ?? { updatedAt: undefined };
      const isWritten = isSame({ ...before, updatedAt }, { version, ...wanted, updatedAt });
      const next =
        isWritten && current !== undefined ? current : ({ version, ...wanted, updatedAt: stamp() } as const);
      if (!isSame(written?.attachment, next)) {
        await writeSnapshotFile(path, { attachment: next });
        written = { attachment: next };
      }
      if (store !== undefined && !isSame(stored, next)) {
        try {
          await store.save(next, stored?.updatedAt);
        } catch (error) {
          // The first run has the true snapshot; a second one would get in the way.
          if (isConflict(error) && current === undefined) await putBack(path, file);
          throw error;
        }
        stored = next;
      }
      current = next;
    },
    close: async () => {
      if (stored !== undefined) await store?.remove(address, stored.updatedAt);
      stored = undefined;
      if (current !== undefined) {
        const closed: SnapshotFile = { attachment: current, rolledBackAt: stamp() };
        await writeSnapshotFile(path, closed);
      }
      current = undefined;
    },
  };
}

const isConflict = (error: unknown): boolean => (error as Error | undefined)?.name === "AttachmentConflict";

/** What was in the file before this run, which has changed nothing yet. */
const putBack = (path: string, file: SnapshotFile | undefined): Promise<void> =>
  file === undefined ? rm(path, { force: true }) : writeSnapshotFile(path, file);

/** What is in the table is somebody's text as much as a file is. */
const isWhole = (snapshot: Partial<Snapshot> | undefined): boolean =>
  typeof snapshot?.api === "object" && snapshot.digest === digestOf(snapshot as Snapshot, sha256);

function reconcile(
  written: Attachment | undefined,
  stored: Attachment | undefined,
  api: ApiState | undefined,
  { path, store }: RecordPlace,
): { readonly attachment: Attachment | undefined; readonly notices: readonly string[] } {
  if (written === undefined || store === undefined) return { attachment: stored ?? written, notices: [] };
  if (stored === undefined) return fileAlone(written, api, path);
  const snapshot = newerSnapshot(written.snapshot, stored.snapshot);
  if (snapshot !== undefined) return { attachment: { ...stored, snapshot }, notices: [] };
  throw new InputError(
    `The table and ${path} hold different snapshots of this API: the table's is of ${stored.snapshot.takenAt}, the file's of ${written.snapshot.takenAt}.`,
    "Remove the wrong one: usually the file is left from an earlier attachment and the table is right.",
  );
}

function fileAlone(written: Attachment, api: ApiState | undefined, path: string) {
  if (api === undefined) return { attachment: written, notices: [] };
  const ours = findAuthorizer(api, written.functionArn);
  const isAttached =
    (ours !== undefined && !wasThere(written.snapshot, ours)) ||
    api.deployments.some(
      ({ id }) =>
        isAttachDeployment(api, id) && !written.snapshot.api.deployments.some((one) => one.id === id),
    );
  const isUntouched = differences(written.snapshot.api, api).length === 0;
  // A run that was killed before it wrote the table, or after it had emptied it.
  if (isAttached || isUntouched || written.status !== "attached")
    return { attachment: written, notices: [`The table has no record of this API; using ${path}.`] };
  throw new InputError(
    `${path} records an attachment of ${written.snapshot.takenAt} that is not in the table or the API.`,
    "It was probably rolled back from another machine. Move the file away.",
  );
}
