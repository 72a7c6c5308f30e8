import { type AttributeValue, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { createRestrict } from "../../../aws/dynamodb/access-writer.ts";
import { createAttachmentStore } from "../../../aws/dynamodb/attachment-store.ts";
import { createDeviceRegistry } from "../../../aws/dynamodb/device-registry.ts";
import { createDriftStore } from "../../../aws/dynamodb/drift-store.ts";
import { createReadProfile } from "../../../aws/dynamodb/profile-store.ts";
import { createReadNonceSecret, createRememberProof } from "../../../aws/dynamodb/proof-store.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import type { Attachment } from "../../../domain/attach/attachment.ts";
import type { DriftLedger } from "../../../domain/attach/drift-ledger.ts";
import type { RestrictedSubject } from "../../../domain/response/restrict.ts";
import type { Moment } from "../../../domain/risk/moment.ts";
import type { Profile } from "../../../domain/risk/profile.ts";
import { completePoints, type UserRisk } from "../../../domain/risk/risk-state.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { goldenItems, goldenValues, goldenWrites } from "../../support/aws/golden-items.ts";
import { hastyPace } from "../../support/aws/recording-server.ts";

const VERSION = "0.1.0";
const T = 1_790_000_000;
const USER = { issuer: "https://id.example.com", subject: "alice" };
const keyOf = (name: string) => ({ method: "dpop" as const, thumbprint: name.padStart(43, "k") });
const items = goldenItems(VERSION);
const values = goldenValues<{
  readonly nightly: number;
  readonly profile: Profile1;
  readonly risk: UserRisk;
  readonly attachment: Attachment;
  readonly ledger: DriftLedger;
}>(VERSION);

/** What 0.1.0 knew of this user: a travel, no refusal. */
interface Profile1 extends Pick<Profile, "at" | "episode"> {
  readonly agents: NonNullable<Profile["parts"]["anomalousBehavior"]>["agents"];
  readonly newAgent: Moment;
  readonly unusual: Moment;
  readonly sensitive: Moment;
  readonly itinerary: NonNullable<Profile["parts"]["impossibleTravel"]>;
}

const asOfNow = ({ at, episode, agents, newAgent, unusual, sensitive, itinerary }: Profile1): Profile => ({
  at,
  parts: {
    impossibleTravel: itinerary,
    unusualTime: unusual,
    sensitiveDataAccess: sensitive,
    anomalousBehavior: { agents, newest: newAgent },
  },
  ...(episode !== undefined && { episode: { ...episode, factors: completePoints(episode.factors) } }),
});

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());

const on = <T>(create: (client: typeof table.client, tableName: string) => T): T =>
  create(table.client, table.tableName);

const laptop7 = {
  owner: USER,
  keys: [keyOf("a"), keyOf("b")],
  enrolledAt: T - 9000,
  posture: { source: "jamf", compliant: false, assessedAt: T - 100, details: ["disk-not-encrypted"] },
};

describe(`items that ${VERSION} wrote`, () => {
  beforeEach(async () => {
    for (const Item of items)
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  });

  test("restrict, register and retire as they did", async () => {
    const read = on(createReadRiskState);
    const thumbprints = ["a", "c", "d"].map((name) => keyOf(name).thumbprint);
    expect(
      await read({ user: USER, sessionId: "session-1", deviceId: "laptop-7", keys: thumbprints }, T),
    ).toEqual({
      status: "known",
      userRestriction: { notBefore: T - 60, quarantinedUntil: T + 3600 },
      sessionRestriction: { revokedAt: T - 50, quarantinedUntil: T + 3600 },
      deviceRestriction: { revokedAt: T - 40, quarantinedUntil: T + 3600 },
      device: laptop7,
      retiredKeys: thumbprints.slice(1),
    });
    expect(await read({ user: USER, deviceId: "laptop-8" }, T)).toMatchObject({
      deviceRestriction: {},
      device: { enrolledAt: T - 8000, retiredAt: T - 30 },
    });
  });

  test("say the risk and the profile that they said", async () => {
    const now = values.nightly + 61;
    expect(await on(createReadRiskState)({ user: USER }, now)).toMatchObject({ user: values.risk });
    expect(await on(createReadProfile)(USER, now)).toEqual({ profile: asOfNow(values.profile), version: 1 });
  });

  test("are what the registry shows", async () => {
    const { read } = on(createDeviceRegistry);
    expect(await read("laptop-7")).toMatchObject({ device: laptop7, quarantinedUntil: T + 3600 });
    expect(await read("laptop-8")).toMatchObject({
      device: { retiredAt: T - 30 },
      retiredKeys: [keyOf("c").thumbprint],
    });
  });

  test("remember used proofs and the secret of nonces", async () => {
    const remember = createRememberProof(table.client, table.tableName, () => T * 1000);
    expect(await remember(keyOf("a").thumbprint, "jti-1", T + 300)).toBe("replayed");
    const secret = items.find(({ pk }) => pk?.S === "PROOF#NONCE")?.secret?.B;
    expect(secret).toHaveLength(32);
    expect(Buffer.from((await on(createReadNonceSecret)()) ?? [])).toEqual(Buffer.from(secret ?? []));
  });

  test("hold the attachments and ledgers of drift that they held", async () => {
    const store = createAttachmentStore(table.client, hastyPace().pace, table.tableName);
    expect(await store.load(values.attachment.address)).toEqual(values.attachment);
    const unexpected = (_: unknown, error: unknown) => {
      throw error;
    };
    expect(await on(createDriftStore).list(unexpected)).toEqual([values.ledger]);
  });
});

/** The table's items of these partitions, in the order of their keys. */
async function itemsOf(prefix: RegExp): Promise<readonly Record<string, AttributeValue>[]> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.tableName }));
  return Items.filter(({ pk, sk }) => prefix.test(`${pk?.S} ${sk?.S}`)).toSorted((one, other) =>
    String(one.pk?.S).localeCompare(String(other.pk?.S)),
  );
}

test(`restrictions and retirements are written so that ${VERSION} reads them after a rollback`, async () => {
  const restrict = on(createRestrict);
  const session: RestrictedSubject = { kind: "session", issuer: USER.issuer, sessionId: "session-1" };
  await restrict({ kind: "user", user: USER }, { notBefore: T - 60, quarantinedUntil: T + 3600 });
  await restrict(session, { revokedAt: T - 50, quarantinedUntil: T + 3600 });
  await on(createDeviceRegistry).retire(`key:${keyOf("d").thumbprint}`, T - 20);
  const same = /^(USER|SESSION)#\S+ ACCESS$|d KEY$/;
  expect(await itemsOf(same)).toEqual(
    items
      .filter(({ pk, sk }) => same.test(`${pk?.S} ${sk?.S}`))
      .toSorted((one, other) => String(one.pk?.S).localeCompare(String(other.pk?.S))),
  );
});

test("the golden writes lead to the golden items, so that neither was edited alone", () => {
  const written = new Set(
    Object.values(goldenWrites(VERSION))
      .flat()
      .map(
        ({ input }: { readonly input: { Item?: (typeof items)[number]; Key?: (typeof items)[number] } }) => {
          const { pk, sk } = input.Key ?? input.Item ?? {};
          return `${pk?.S} ${sk?.S}`;
        },
      ),
  );
  expect(items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).toSorted()).toEqual([...written].toSorted());
});
