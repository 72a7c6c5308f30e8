import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { type ApiAddress, ATTACHMENT_VERSION, type Attachment } from "../../domain/attach/attachment.ts";
import { type Digest, digestOf } from "../../domain/attach/snapshot.ts";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { InputError, messageOf } from "../command.ts";

const NOTE =
  "The API before Sallyport was attached. Needed to roll back; written by `sallyport attach`, do not edit.";
const NOTE_AFTER = "Rolled back; kept for reference. The next attach may overwrite it.";

export interface SnapshotFile {
  readonly attachment: Attachment;
  /** ISO 8601 in UTC; absent: the API is attached, or an apply or a rollback has not ended */
  readonly rolledBackAt?: string;
}

/** SHA-256, base64url. */
export const sha256: Digest = (text) => createHash("sha256").update(text).digest("base64url");

export const snapshotPath = ({ apiId, region }: ApiAddress): string => `sallyport-${apiId}-${region}.json`;

/**
 * Reads the file of one API; undefined if there is none. A file that is cut short, edited, of
 * another API or not ours at all is an InputError: to roll back by it could open a route.
 */
export async function readSnapshotFile(path: string, address: ApiAddress): Promise<SnapshotFile | undefined> {
  const text = await read(path);
  if (text === undefined) return undefined;
  const content = parse(text);
  const next = "Restore the file from a backup, or select another one with --snapshot.";
  if (content === undefined)
    throw new InputError(`--snapshot: ${path} is not a snapshot of sallyport attach, or is truncated.`, next);
  const { digest, ...rest } = content;
  const { attachment, rolledBackAt } = rest;
  if (
    digest !== sha256(canonicalJson(rest)) ||
    attachment.snapshot.digest !== digestOf(attachment.snapshot, sha256)
  )
    throw new InputError(`--snapshot: ${path} was edited or is damaged: digest mismatch.`, next);
  if (attachment.version !== ATTACHMENT_VERSION)
    throw new InputError(
      `--snapshot: ${path} has layout ${attachment.version}; this version of sallyport reads layout ${ATTACHMENT_VERSION}.`,
      "Use the version of sallyport that wrote it.",
    );
  const { apiId, region, accountId } = attachment.address;
  if (apiId !== address.apiId || region !== address.region || accountId !== address.accountId)
    throw new InputError(
      `--snapshot: ${path} is of the API ${apiId} in ${region} of ${accountId}, not of ${address.apiId} in ${address.region} of ${address.accountId}.`,
      "Pass the snapshot of this API, or check --region and the credentials.",
    );
  return { attachment, ...(rolledBackAt !== undefined && { rolledBackAt }) };
}

/** Writes the file whole or not at all; only its owner may read it. */
export async function writeSnapshotFile(path: string, file: SnapshotFile): Promise<void> {
  const content = { note: file.rolledBackAt === undefined ? NOTE : NOTE_AFTER, ...file };
  const draft = `${path}.${randomUUID()}.part`;
  try {
    const text = JSON.stringify({ ...content, digest: sha256(canonicalJson(content)) }, undefined, 1);
    await writeFile(draft, `${text}\n`, { mode: 0o600, flag: "wx", flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new InputError(
      `--snapshot: cannot write ${path}: ${messageOf(error)}.`,
      "Nothing was changed. Pass a file that can be written.",
    );
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new InputError(`--snapshot: cannot read ${path}: ${messageOf(error)}.`, "Check the path.");
  }
}

type Content = SnapshotFile & { readonly digest: string };

function parse(text: string): Content | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const content = value as Partial<Content> | null;
  const isOurs =
    typeof content?.digest === "string" &&
    typeof content.attachment?.snapshot?.api === "object" &&
    typeof content.attachment.address === "object";
  return isOurs ? (content as Content) : undefined;
}
