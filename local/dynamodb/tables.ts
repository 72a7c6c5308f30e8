import { Server } from "node:http";
import dynalite from "dynalite";
import { TABLE } from "../../contract/table.ts";
import type { LocalTemplate, Resource } from "../cloudformation/template.ts";
import { closeServer, listenOnFreePort } from "../listen.ts";

export interface Tables {
  /** For AWS_ENDPOINT_URL_DYNAMODB */
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts dynalite in memory with every table of the template.
 *
 * It lacks UpdateTimeToLive, transactions, streams and ReturnValuesOnConditionCheckFailure, and
 * never removes an expired item; DynamoDB removes one within days. Encryption, backups, replicas
 * and billing mode have no effect.
 */
export function startTables(template: LocalTemplate): Promise<Tables> {
  const resources = [
    ...template.ofType("AWS::DynamoDB::GlobalTable"),
    ...template.ofType("AWS::DynamoDB::Table"),
  ];
  return serveTables(resources.map((resource) => readTable(template, resource)));
}

/** Starts dynalite in memory with one table that has the risk table's keys, without a template. */
export function startRiskTable(tableName: string): Promise<Tables> {
  const keys = [TABLE.partitionKey, TABLE.sortKey];
  return serveTables([
    {
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: keys.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? "HASH" : "RANGE",
      })),
    },
  ]);
}

async function serveTables(stated: readonly StatedTable[]): Promise<Tables> {
  const server = startDynalite();
  const endpoint = `http://127.0.0.1:${await listenOnFreePort(server)}`;
  const tables: Tables = { endpoint, close: () => closeServer(server) };
  try {
    for (const table of stated) await createTable(endpoint, table);
  } catch (error) {
    await tables.close();
    throw error;
  }
  return tables;
}

/**
 * Dynalite throws, which would end this process, for a request that the client aborts (because it
 * was killed or timed out), and for a request that is being answered while the database closes. The
 * handler below ignores the first. To avoid the second, only the server is closed: an in-memory
 * database needs no closing.
 */
function startDynalite(): Server {
  const server: Server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  server.close = Server.prototype.close;
  server.on("request", (request) => {
    request.removeAllListeners("error");
    request.on("error", () => undefined);
  });
  return server;
}

/** The input of CreateTable, with the fields that this file reads. */
interface StatedTable {
  readonly TableName: string;
  readonly [setting: string]: unknown;
}

function readTable(template: LocalTemplate, resource: Resource): StatedTable {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } =
    resource.properties;
  return {
    TableName: template.physicalId(resource),
    AttributeDefinitions,
    KeySchema,
    BillingMode: "PAY_PER_REQUEST",
    ...(GlobalSecondaryIndexes !== undefined && {
      GlobalSecondaryIndexes: (GlobalSecondaryIndexes as StatedIndex[]).map(plainIndex),
    }),
    ...(LocalSecondaryIndexes !== undefined && {
      LocalSecondaryIndexes: (LocalSecondaryIndexes as StatedIndex[]).map(plainIndex),
    }),
  };
}

async function createTable(endpoint: string, table: StatedTable): Promise<void> {
  await call(endpoint, "CreateTable", table);
  // Even with no delay, dynalite makes the table active only after its response.
  for (;;) {
    const name = { TableName: table.TableName };
    const { Table } = (await call(endpoint, "DescribeTable", name)) as Described;
    if (Table.TableStatus === "ACTIVE") return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

interface StatedIndex {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly Projection: unknown;
}

interface Described {
  readonly Table: { readonly TableStatus: string };
}

/**
 * Removes the throughput settings of a template, which the API does not accept under those names.
 */
const plainIndex = ({ IndexName, KeySchema, Projection }: StatedIndex): StatedIndex => ({
  IndexName,
  KeySchema,
  Projection,
});

async function call(endpoint: string, action: string, input: unknown): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": `DynamoDB_20120810.${action}`,
      "X-Amz-Date": "20261121T000000Z",
      // dynalite requires a signature but does not verify it.
      Authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local",
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`dynalite refuses ${action}: ${text}`);
  return JSON.parse(text) as unknown;
}
