import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  type LiftRestriction,
  RESTRICTIONS,
  type ReadRestriction,
  type Restrict,
  type RestrictedSubject,
  type RestrictionName,
} from "../../domain/response/restrict.ts";
import { readRestriction, restrictionKey } from "./restriction-layout.ts";
import {
  checkLayout,
  holds,
  type Item,
  keyAttributes,
  LAYOUT_CONDITION,
  layoutOf,
  layoutValues,
} from "./stored-item.ts";

/** The table's endpoint, if it is not the one in the SDK's own environment variables. */
export interface TableConnection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function createTableClient(connection: TableConnection): DynamoDBClient {
  return new DynamoDBClient({
    ...connection,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
}

/** When the stored value may be replaced: only by one that restricts more. */
const GIVES_WAY: Readonly<Record<RestrictionName, "<" | ">">> = {
  notBefore: "<",
  revokedAt: ">",
  quarantinedUntil: "<",
};

/**
 * Writes each restriction by its own UpdateItem, so that no write touches another
 * restriction.
 */
export function createRestrict(client: Pick<DynamoDBClient, "send">, tableName: string): Restrict {
  return async (subject, restriction) => {
    const written: RestrictionName[] = [];
    for (const name of RESTRICTIONS) {
      const moment = restriction[name];
      if (moment === undefined) continue;
      const change = new UpdateItemCommand({
        TableName: tableName,
        Key: keyAttributes(restrictionKey(subject)),
        UpdateExpression: "SET v = :v, #name = :moment",
        ConditionExpression: `${LAYOUT_CONDITION} AND (attribute_not_exists(#name) OR #name ${GIVES_WAY[name]} :moment)`,
        ExpressionAttributeNames: { "#name": name },
        ExpressionAttributeValues: { ...layoutValues("access"), ":moment": { N: String(moment) } },
      });
      if (await holds(() => client.send(change))) written.push(name);
      else checkLayout("access", (await getItem(client, tableName, subject)) ?? { v: layoutOf("access") });
    }
    return written;
  };
}

/** Reads a subject's restrictions as the authorizer reads them; undefined: there is no item. */
export function createReadRestriction(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
): ReadRestriction {
  return async (subject, now) => {
    const item = await getItem(client, tableName, subject);
    return item && readRestriction(item, now);
  };
}

export function createLiftRestriction(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
): LiftRestriction {
  return async (subject, lifted, now) => {
    const item = await getItem(client, tableName, subject);
    if (item === undefined) return [];
    const { unreadable = [] } = readRestriction(item, now);
    if (item.v !== undefined) checkLayout("access", item);
    const names = (lifted === "unreadable" ? unreadable : lifted).filter((name) => item[name] !== undefined);
    // An item without a layout version is one of ours, written by hand.
    const repairsLayout = lifted === "unreadable" && item.v === undefined;
    if (names.length === 0 && !repairsLayout) return [];
    await client.send(removal(tableName, subject, item, names));
    return repairsLayout ? [...names, "v"].toSorted() : names;
  };
}

function removal(tableName: string, subject: RestrictedSubject, item: Item, names: readonly string[]) {
  const asRead = names.map((_, index) => `#n${index} = :n${index}`);
  const layout = item.v === undefined ? "attribute_not_exists(v)" : "v = :read";
  return new UpdateItemCommand({
    TableName: tableName,
    Key: keyAttributes(restrictionKey(subject)),
    UpdateExpression: [
      ...(item.v === undefined ? ["SET v = :v"] : []),
      ...(names.length > 0 ? [`REMOVE ${names.map((_, index) => `#n${index}`).join(", ")}`] : []),
    ].join(" "),
    // With the value as read: a restriction that was written since must not be lifted.
    ConditionExpression: [layout, ...asRead].join(" AND "),
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
    }),
    ExpressionAttributeValues: {
      ...(item.v === undefined ? { ":v": layoutOf("access") } : { ":read": item.v }),
      ...Object.fromEntries(
        names.flatMap((name, index) => {
          const value = item[name];
          return value === undefined ? [] : [[`:n${index}`, value]];
        }),
      ),
    },
  });
}

async function getItem(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  subject: RestrictedSubject,
): Promise<Item | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({
      TableName: tableName,
      Key: keyAttributes(restrictionKey(subject)),
      ConsistentRead: true,
    }),
  );
  return item;
}
