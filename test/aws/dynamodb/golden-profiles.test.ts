import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { createReadProfile, createSaveProfile } from "../../../aws/dynamodb/profile-store.ts";
import { assess } from "../../../domain/risk/assess.ts";
import { completePoints } from "../../../domain/risk/risk-state.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { goldenProfiles } from "../../support/aws/golden-items.ts";
import { alice, scoring } from "../../support/domain/accesses.ts";

const PROFILES = goldenProfiles("0.1.0");

let table: Awaited<ReturnType<typeof startTable>>;
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());

test("there are golden profiles with every part and episode that 0.1.0 had", () => {
  const longest = Math.max(...PROFILES.map(({ item }) => item.parts?.B?.length ?? 0));
  expect(longest).toBeGreaterThan(500);
  expect(PROFILES.map(({ item }) => item.episode?.M?.sent?.BOOL)).toEqual(
    expect.arrayContaining([undefined, true, false]),
  );
});

test.each(PROFILES)(
  "the profile of 0.1.0 named $name gives the next access the score that 0.1.0 gave it",
  async ({ item, next, risk, expiresAt, episode }) => {
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
    const read = createReadProfile(table.client, table.tableName);
    const { profile, version } = await read(alice, next.at);
    expect(`${version}`).toBe(item.version?.N);
    const assessment = assess(profile, next, scoring, next.at * 1000);
    expect(assessment).toMatchObject({ risk, expiresAt });
    expect(assessment.profile.episode).toEqual(
      episode && expect.objectContaining({ ...episode, factors: completePoints(episode.factors) }),
    );
    expect(await createSaveProfile(table.client, table.tableName)(alice, assessment.profile, version)).toBe(
      true,
    );
    expect(await read(alice, next.at)).toEqual({ profile: assessment.profile, version: version + 1 });
  },
);
