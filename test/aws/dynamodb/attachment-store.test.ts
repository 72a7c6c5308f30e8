import { randomBytes } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createAttachmentStore, LARGEST_RECORD } from "../../../aws/dynamodb/attachment-store.ts";
import type { ApiState } from "../../../domain/attach/api-state.ts";
import { type Attachment, AttachmentConflict } from "../../../domain/attach/attachment.ts";
import { emptyApi } from "../../support/attach/random-api.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { hastyPace } from "../../support/aws/recording-server.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const address = { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3" };
const api = emptyApi("rest", { id: address.apiId, accountId: address.accountId });

const attachment = (rest: Partial<Attachment> = {}): Attachment => ({
  version: 1,
  address,
  kind: "rest",
  name: "orders",
  functionArn: "arn:aws:lambda:eu-central-1:111122223333:function:sallyport",
  stages: ["prod"],
  excluded: ["GET /health"],
  guarded: ["GET /orders"],
  enforce: { prod: "none" },
  status: "applying",
  updatedAt: "2026-11-21T10:00:00.000Z",
  snapshot: { version: 1, takenAt: "2026-11-21T09:59:00.000Z", api, digest: "d" },
  ...rest,
});
const LATER = "2026-11-21T10:05:00.000Z";

const withRoutes = (routes: ApiState["routes"]): Partial<Attachment> => ({
  snapshot: { version: 1, takenAt: "2026-11-21T09:59:00.000Z", api: { ...api, routes }, digest: "d" },
});

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());
const store = () => createAttachmentStore(table.client, hastyPace().pace, table.tableName);

test("what is saved is what is loaded", async () => {
  expect(await store().load(address)).toBeUndefined();
  await store().save(attachment(), undefined);
  expect(await store().load(address)).toEqual(attachment());
  await store().save(attachment({ status: "attached", updatedAt: LATER }), attachment().updatedAt);
  expect(await store().load(address)).toEqual(attachment({ status: "attached", updatedAt: LATER }));
});

test("a first save never overwrites what is there, and with it the snapshot", async () => {
  await store().save(attachment(), undefined);
  await expect(store().save(attachment({ updatedAt: LATER }), undefined)).rejects.toThrow(AttachmentConflict);
  expect(await store().load(address)).toEqual(attachment());
});

test("who loaded what is no longer there does not overwrite it", async () => {
  await store().save(attachment(), undefined);
  await store().save(attachment({ updatedAt: LATER }), attachment().updatedAt);
  const mine = attachment({ status: "rolling-back", updatedAt: "2026-11-21T11:00:00.000Z" });
  await expect(store().save(mine, attachment().updatedAt)).rejects.toThrow(
    "The attachment of API a1b2c3 in Region eu-central-1 of account 111122223333 was changed by another writer in the meantime.",
  );
  expect((await store().load(address))?.status).toBe("applying");
});

test("nothing can be saved over what was removed", async () => {
  await expect(store().save(attachment(), "2026-01-01T00:00:00.000Z")).rejects.toThrow(AttachmentConflict);
  expect(await store().load(address)).toBeUndefined();
});

test("of two who attach at once, one does", async () => {
  const outcomes = await Promise.allSettled(
    ["a", "b", "c"].map((name) => store().save(attachment({ name }), undefined)),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("removing is for who loaded it last, and once is enough", async () => {
  await store().save(attachment(), undefined);
  await expect(store().remove(address, LATER)).rejects.toThrow(AttachmentConflict);
  await store().remove(address, attachment().updatedAt);
  await store().remove(address, attachment().updatedAt);
  expect(await store().load(address)).toBeUndefined();
});

test("a write whose answer was lost is known again as our own", async () => {
  // The first attempt arrives, its answer does not; the second one finds the item there.
  let lost = false;
  const client = {
    send: async (command: never) => {
      const answer = await table.client.send(command);
      if (lost || (command as { constructor: { name: string } }).constructor.name !== "PutItemCommand")
        return answer;
      lost = true;
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    },
  } as unknown as DynamoDBClient;
  const { pace } = hastyPace();
  await createAttachmentStore(client, pace, table.tableName).save(attachment(), undefined);
  expect(pace.counts()).toEqual({ PutItem: 2, GetItem: 1 });
  expect(await store().load(address)).toEqual(attachment());
});

test("all attachments are listed, over several pages, and nothing else of the table", async () => {
  // Random ids do not compress: 8 records of some 190 KB are more than the megabyte of one page.
  const routes = Array.from({ length: 2800 }, () => ({
    key: `GET /${randomBytes(48).toString("base64url")}`,
    id: "r/GET",
    authorization: { type: "NONE" as const },
    apiKeyRequired: false,
  }));
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
  for (const apiId of ids)
    await store().save(attachment({ address: { ...address, apiId }, ...withRoutes(routes) }), undefined);
  await table.put({ pk: "DEVICE#d", sk: "ACCESS", v: 1 });
  const { pace } = hastyPace();
  const found = await createAttachmentStore(table.client, pace, table.tableName).list();
  expect(found.map((one) => one.address.apiId)).toEqual(ids);
  expect(pace.counts().Query).toBeGreaterThan(1);
});

test("a record that cannot be read is reported, and hides no other", async () => {
  await table.put({ pk: "ATTACHMENT", sk: "111122223333/eu-central-1/a0", v: 2 });
  await store().save(attachment(), undefined);
  const announced: unknown[] = [];
  const found = await store().list((one, error) => announced.push(one, (error as Error).message));
  expect(found).toEqual([attachment()]);
  expect(announced).toEqual([{ ...address, apiId: "a0" }, expect.stringContaining("another layout version")]);
  await table.put({ pk: "ATTACHMENT", sk: "no address", v: 2 });
  await expect(store().list(() => undefined)).rejects.toMatchObject({ kind: "invalid" });
});

test("an API too large for the table is refused before anything is written", async () => {
  const routes = Array.from({ length: 6000 }, () => ({
    key: `GET /${randomBytes(64).toString("base64url")}`,
    id: "r/GET",
    authorization: { type: "NONE" as const },
    apiKeyRequired: false,
  }));
  await expect(store().save(attachment(withRoutes(routes)), undefined)).rejects.toMatchObject({
    kind: "limit-exceeded",
    message: expect.stringContaining(String(LARGEST_RECORD)),
  });
  expect(await store().load(address)).toBeUndefined();
});

test.each([
  ["another layout version", { v: 2, record: "x" }],
  ["no record", { v: 1 }],
  ["a text for a record", { v: 1, record: "x" }],
])("an item with %s is an error that names it", async (_what, rest) => {
  await table.put({ pk: "ATTACHMENT", sk: "111122223333/eu-central-1/a1b2c3", ...rest });
  await expect(store().load(address)).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("111122223333/eu-central-1/a1b2c3"),
  });
  await expect(store().list()).rejects.toMatchObject({ kind: "invalid" });
});

test("a missing table is reported by its name", async () => {
  const other = createAttachmentStore(table.client, hastyPace().pace, "elsewhere");
  await expect(other.load(address)).rejects.toMatchObject({
    kind: "not-found",
    message: expect.stringContaining("Table elsewhere does not exist"),
  });
});

test("a table that cannot be reached is tried again, then reported", async () => {
  const client = new DynamoDBClient(clientConfig("http://127.0.0.1:1"));
  const { pace } = hastyPace();
  await expect(createAttachmentStore(client, pace, "risk").list()).rejects.toMatchObject({
    kind: "unreachable",
  });
  expect(pace.counts()).toEqual({ Query: 8 });
});
