import { randomBytes } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { ATTACHMENTS_PARTITION, attachmentSortKey, readAttachmentSortKey } from "../../contract/table.ts";
import {
  type ApiAddress,
  ATTACHMENT_VERSION,
  type Attachment,
  AttachmentConflict,
  type AttachmentStore,
} from "../../domain/attach/attachment.ts";
import { type ControlAccess, controlClientConfig } from "../api-gateway/control-client.ts";
import { ControlError } from "../api-gateway/control-error.ts";
import type { Pace } from "../api-gateway/pace.ts";
import { pageThrough } from "../api-gateway/page-through.ts";
import { type Item, isReadable, keyAttributes, layoutOf, packJson, unpackJson } from "./stored-item.ts";

/** Maximum bytes of a compressed record; an item has at most 400 KB, including attribute names. */
export const LARGEST_RECORD = 380_000;
/**
 * Maximum bytes of an unpacked record: larger than any API's configuration, and small enough for
 * memory.
 */
const LARGEST_UNPACKED = 64_000_000;

export const createStoreClient = (access: ControlAccess): DynamoDBClient =>
  new DynamoDBClient(controlClientConfig(access));

/**
 * The attachments in the table: one item each, the record compressed in one attribute. Rejects with
 * AttachmentConflict if another writer was first, else with ControlError. Does not check the
 * snapshot's digest.
 */
export function createAttachmentStore(
  client: Pick<DynamoDBClient, "send">,
  pace: Pace,
  tableName: string,
): AttachmentStore {
  const getItem = async (address: ApiAddress): Promise<Item | undefined> => {
    const { Item } = await onTable(tableName, () =>
      pace.call("GetItem", () =>
        client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(address), ConsistentRead: true })),
      ),
    );
    return Item;
  };

  /** Makes a conditional write; false: the condition did not hold. */
  const write = (operation: string, send: () => Promise<unknown>): Promise<boolean> =>
    onTable(tableName, () =>
      pace.call(operation, async () => {
        try {
          await send();
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      }),
    );

  return {
    load: async (address) => {
      const item = await getItem(address);
      return item === undefined ? undefined : readItem(item);
    },

    save: async (attachment, previous) => {
      const record = await packJson(attachment);
      if (record.length > LARGEST_RECORD) throw tooLarge(attachment, record.length);
      const attempt = randomBytes(12).toString("base64url");
      const { accountId, region, apiId } = attachment.address;
      const item: Item = {
        ...keyOf(attachment.address),
        v: layoutOf("attachment"),
        attempt: { S: attempt },
        updatedAt: { S: attachment.updatedAt },
        // For people who look at the table; only the record is read.
        status: { S: attachment.status },
        api: { S: `${attachment.kind} ${attachment.name} (${apiId}, ${region}, ${accountId})` },
        record: { B: record },
      };
      const isWritten = await write("PutItem", () =>
        client.send(new PutItemCommand({ TableName: tableName, Item: item, ...condition(previous) })),
      );
      // An earlier attempt may have written the item before its response was lost.
      if (!isWritten && (await getItem(attachment.address))?.attempt?.S !== attempt)
        throw conflict(attachment.address);
    },

    remove: async (address, previous) => {
      const isRemoved = await write("DeleteItem", () =>
        client.send(
          new DeleteItemCommand({ TableName: tableName, Key: keyOf(address), ...condition(previous) }),
        ),
      );
      if (!isRemoved && (await getItem(address)) !== undefined) throw conflict(address);
    },

    list: async (onUnreadable) => {
      const items = await onTable(tableName, () =>
        pageThrough("Query", async (token) => {
          const page = await pace.call("Query", () =>
            client.send(
              new QueryCommand({
                TableName: tableName,
                ConsistentRead: true,
                KeyConditionExpression: "pk = :pk",
                ExpressionAttributeValues: { ":pk": { S: ATTACHMENTS_PARTITION } },
                ...(token !== undefined && { ExclusiveStartKey: tableKey(token) }),
              }),
            ),
          );
          return { items: page.Items, next: page.LastEvaluatedKey?.sk?.S };
        }),
      );
      const read = items.map(async (item) => {
        try {
          return [await readItem(item)];
        } catch (error) {
          const address = readAttachmentSortKey(item.sk?.S ?? "");
          if (onUnreadable === undefined || address === undefined) throw error;
          onUnreadable(address, error);
          return [];
        }
      });
      return (await Promise.all(read)).flat();
    },
  };
}

const tableKey = (sk: string) => keyAttributes({ pk: ATTACHMENTS_PARTITION, sk });
const keyOf = (address: ApiAddress) => tableKey(attachmentSortKey(address));

const condition = (previous: string | undefined) =>
  previous === undefined
    ? { ConditionExpression: "attribute_not_exists(pk)" }
    : {
        ConditionExpression: "updatedAt = :previous",
        ExpressionAttributeValues: { ":previous": { S: previous } },
      };

async function readItem(item: Item): Promise<Attachment> {
  const key = item.sk?.S ?? "";
  if (!isReadable("attachment", item)) throw unreadable(key, "is of another layout version");
  const attachment = await readRecord(item).catch(() => undefined);
  if (attachment?.address === undefined) throw unreadable(key, "cannot be unpacked");
  if (attachment.version !== ATTACHMENT_VERSION) throw unreadable(key, "is of another layout version");
  if (attachmentSortKey(attachment.address) !== key) throw unreadable(key, "belongs to another API");
  return attachment;
}

const readRecord = async (item: Item): Promise<Attachment> =>
  (await unpackJson(item.record?.B, LARGEST_UNPACKED)) as Attachment;

async function onTable<T>(tableName: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ControlError) || error.kind !== "not-found") throw error;
    throw new ControlError({
      kind: "not-found",
      operation: error.operation,
      message: `Table ${tableName} does not exist in the Region and account of these credentials.`,
      next: "Deploy Sallyport first (the stack's outputs name the table), or check the AWS profile.",
    });
  }
}

const nameOf = ({ apiId, region, accountId }: ApiAddress): string =>
  `API ${apiId} in Region ${region} of account ${accountId}`;

const conflict = (address: ApiAddress): AttachmentConflict =>
  new AttachmentConflict(
    `The attachment of ${nameOf(address)} was changed by another writer in the meantime.`,
  );

const tooLarge = ({ address }: Attachment, bytes: number): ControlError =>
  new ControlError({
    kind: "limit-exceeded",
    operation: "PutItem",
    message: `The snapshot of ${nameOf(address)} has ${bytes} bytes compressed; the limit is ${LARGEST_RECORD}.`,
    next: "The API is too large for sallyport attach. Nothing was written; use the construct library or sallyport snippet.",
  });

const unreadable = (key: string, why: string): ControlError =>
  new ControlError({
    kind: "invalid",
    operation: "GetItem",
    message: `The attachment record ${key} in the table ${why}.`,
    next: "Use the version of Sallyport that wrote it, or the snapshot file with --snapshot.",
  });
