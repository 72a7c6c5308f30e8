import {
  createLiftRestriction,
  createReadRestriction,
  createRestrict,
  createTableClient,
} from "../../../aws/dynamodb/access-writer.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import type { RestrictedSubject } from "../../../domain/response/restrict.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const USER = { issuer: "https://i", subject: "anna" };
const SUBJECTS = { user: USER, sessionId: "s-1", deviceId: "d-1" };
const user: RestrictedSubject = { kind: "user", user: USER };
const session: RestrictedSubject = { kind: "session", issuer: USER.issuer, sessionId: "s-1" };
const device: RestrictedSubject = { kind: "device", deviceId: "d-1" };
const NOW = 1000;

let table: Awaited<ReturnType<typeof startTable>>;
let client: ReturnType<typeof createTableClient>;

beforeEach(async () => {
  table = await startTable();
  client = createTableClient(clientConfig(table.endpoint));
});
afterEach(async () => {
  client.destroy();
  await table.close();
});

const restrict = (...args: Parameters<ReturnType<typeof createRestrict>>) =>
  createRestrict(client, "risk")(...args);
const lift = (
  ...[subject, lifted]: [RestrictedSubject, Parameters<ReturnType<typeof createLiftRestriction>>[1]]
) => createLiftRestriction(client, "risk")(subject, lifted, NOW);
const readOne = (subject: RestrictedSubject) => createReadRestriction(client, "risk")(subject, NOW);
const read = () => createReadRiskState(client, "risk")(SUBJECTS, NOW);

it("writes what the authorizer then reads, and keeps what is not named", async () => {
  await restrict(session, { revokedAt: 900 });
  await restrict(session, { quarantinedUntil: 2000 });
  await restrict(user, { notBefore: 800 });
  await restrict(device, { quarantinedUntil: 1500 });
  expect(await restrict(device, { quarantinedUntil: 1600 })).toEqual(["quarantinedUntil"]);
  expect(await read()).toEqual({
    status: "known",
    sessionRestriction: { revokedAt: 900, quarantinedUntil: 2000 },
    userRestriction: { notBefore: 800 },
    deviceRestriction: { quarantinedUntil: 1600 },
  });
});

it("never weakens a restriction: the longer quarantine, the later notBefore and the earlier revocation stay", async () => {
  const strong = { notBefore: 900, revokedAt: 700, quarantinedUntil: 2000 };
  expect(await restrict(user, strong)).toEqual(["notBefore", "revokedAt", "quarantinedUntil"]);
  expect(await restrict(user, { notBefore: 800, revokedAt: 800, quarantinedUntil: 1500 })).toEqual([]);
  expect(await restrict(user, strong)).toEqual([]);
  expect(await readOne(user)).toEqual(strong);
});

it("leaves an item of a later layout alone, which restricts as it is", async () => {
  await table.put({ pk: "SESSION#https://i|s-1", sk: "ACCESS", v: 2 });
  await expect(restrict(session, { revokedAt: 1 })).rejects.toThrow("layout version 2");
  await expect(lift(session, ["revokedAt"])).rejects.toThrow("layout version 2");
  await expect(lift(session, "unreadable")).rejects.toThrow("layout version 2");
  expect(await readOne(session)).toEqual({ unreadable: ["v"] });
});

it("lifts what is named and nothing else", async () => {
  await restrict(user, { notBefore: 900, quarantinedUntil: 2000 });
  expect(await lift(user, ["quarantinedUntil", "revokedAt"])).toEqual(["quarantinedUntil"]);
  expect(await lift(user, "unreadable")).toEqual([]);
  expect(await readOne(user)).toEqual({ notBefore: 900 });
  expect(await lift(session, ["revokedAt"])).toEqual([]);
});

it("removes what cannot be read on request, and keeps what can", async () => {
  await table.put({
    pk: "USER#https://i|anna",
    sk: "ACCESS",
    notBefore: 900,
    quarantineUntil: 2000,
    revokedAt: 1_790_000_000_000,
  });
  expect(await readOne(user)).toEqual({ notBefore: 900, unreadable: ["quarantineUntil", "revokedAt", "v"] });
  expect(await lift(user, "unreadable")).toEqual(["quarantineUntil", "revokedAt", "v"]);
  expect(await readOne(user)).toEqual({ notBefore: 900 });
});

it("does not lift a restriction that was changed after it was read", async () => {
  await restrict(user, { quarantinedUntil: 2000 });
  const racing = {
    send: async (command: { readonly constructor: { readonly name: string } }) => {
      if (command.constructor.name === "UpdateItemCommand") await restrict(user, { quarantinedUntil: 3000 });
      return client.send(command as never);
    },
  };
  await expect(
    createLiftRestriction(racing as never, "risk")(user, ["quarantinedUntil"], NOW),
  ).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  expect(await readOne(user)).toEqual({ quarantinedUntil: 3000 });
});
