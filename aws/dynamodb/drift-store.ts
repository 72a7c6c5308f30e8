import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { attachmentSortKey, DRIFT_PARTITION, readAttachmentSortKey } from "../../contract/table.ts";
import type { ApiAddress } from "../../domain/attach/attachment.ts";
import { type DriftLedger, type DriftStore, LEDGER_VERSION } from "../../domain/attach/drift-ledger.ts";
import { checkLayout, type Item, keyAttributes, layoutOf, packJson, unpackJson } from "./stored-item.ts";

/** Bytes, unpacked */
const LARGEST_LEDGER = 8_000_000;

export function createDriftStore(client: Pick<DynamoDBClient, "send">, tableName: string): DriftStore {
  return {
    list: (onUnreadable) => listLedgers(client, tableName, onUnreadable),
    save: async (ledger, previous) => {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...keyOf(ledger.address),
            v: layoutOf("ledger"),
            checkedAt: { S: ledger.checkedAt },
            // Hundreds of open routes would come near the item limit of 400 KB.
            ledger: { B: await packJson(ledger) },
          },
          ConditionExpression: previous === undefined ? "attribute_not_exists(pk)" : "checkedAt = :previous",
          ...(previous !== undefined && { ExpressionAttributeValues: { ":previous": { S: previous } } }),
        }),
      );
    },
    remove: async (address) => {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf(address) }));
    },
  };
}

async function listLedgers(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  onUnreadable: (address: ApiAddress, error: unknown) => void,
): Promise<readonly DriftLedger[]> {
  const ledgers: DriftLedger[] = [];
  let start: Record<string, { S: string }> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: DRIFT_PARTITION } },
        ConsistentRead: true,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) {
      try {
        ledgers.push(await readLedger(item));
      } catch (error) {
        const address = readAttachmentSortKey(item.sk?.S ?? "");
        if (address === undefined) throw error;
        onUnreadable(address, error);
      }
    }
    start = page.LastEvaluatedKey as typeof start;
  } while (start !== undefined);
  return ledgers;
}

/**
 * @throws Error for an item of another layout: open findings are then unknown, so none may be
 *   closed
 */
async function readLedger(item: Item): Promise<DriftLedger> {
  checkLayout("ledger", item);
  const ledger = (await unpackJson(item.ledger?.B, LARGEST_LEDGER)) as Partial<DriftLedger> | null;
  if (ledger?.version !== LEDGER_VERSION || ledger.address === undefined || !Array.isArray(ledger.open))
    throw new Error("a drift ledger in the table has another layout version");
  return ledger as DriftLedger;
}

const keyOf = (address: ApiAddress) => keyAttributes({ pk: DRIFT_PARTITION, sk: attachmentSortKey(address) });
