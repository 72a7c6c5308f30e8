import { createRestrict, createTableClient } from "../../aws/access-writer.ts";
import { createReadRiskState } from "../../aws/risk-table.ts";
import { devicePartition, sessionPartition, userPartition } from "../../contract/table.ts";
import { startTable } from "../support/aws/dynalite.ts";
import { clientConfig } from "../support/shop/clients.ts";

const USER = { issuer: "https://i", subject: "anna" };
const SUBJECTS = { user: USER, sessionId: "s-1", deviceId: "d-1" };

let table: Awaited<ReturnType<typeof startTable>>;
let client: ReturnType<typeof createTableClient>;

beforeAll(async () => {
  table = await startTable();
  client = createTableClient(clientConfig(table.endpoint));
});
afterAll(async () => {
  client.destroy();
  await table.close();
});

const restrict = (...args: Parameters<ReturnType<typeof createRestrict>>) =>
  createRestrict(client, "risk")(...args);
const read = () => createReadRiskState(client, "risk")(SUBJECTS, 1000);

it("writes what the authorizer then reads, and keeps what is not named", async () => {
  await restrict(sessionPartition(USER.issuer, "s-1"), { revokedAt: 900 });
  await restrict(sessionPartition(USER.issuer, "s-1"), { quarantinedUntil: 2000 });
  await restrict(userPartition(USER), { notBefore: 800 });
  await restrict(devicePartition("d-1"), { quarantinedUntil: 1500 });
  await restrict(devicePartition("d-1"), { quarantinedUntil: 1600 });
  expect(await read()).toEqual({
    status: "known",
    sessionRestriction: { revokedAt: 900, quarantinedUntil: 2000 },
    userRestriction: { notBefore: 800 },
    deviceRestriction: { quarantinedUntil: 1600 },
  });
});

it("leaves an item of another layout version alone", async () => {
  const pk = sessionPartition(USER.issuer, "s-2");
  await table.put({ pk, sk: "ACCESS", v: 2 });
  await expect(restrict(pk, { revokedAt: 1 })).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
  });
});
