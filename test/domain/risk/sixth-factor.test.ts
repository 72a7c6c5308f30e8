import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-dynamodb";
import { createReadProfile, createSaveProfile } from "../../../aws/dynamodb/profile-store.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { createSaveRisk } from "../../../aws/dynamodb/risk-writer.ts";
import { configurationJsonSchema } from "../../../configuration/json-schema.ts";
import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import { assess, type ScoringRules } from "../../../domain/risk/assess.ts";
import { type FactorDefinition, isHeld } from "../../../domain/risk/factor.ts";
import { FACTORS } from "../../../domain/risk/factor-pack.ts";
import { POINTS } from "../../../domain/risk/factor-setting.ts";
import { causeOf, MOMENT_LAYOUT, type Moment, newerMoment } from "../../../domain/risk/moment.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { access, alice, MORNING, scoring } from "../../support/domain/accesses.ts";

interface Rules {
  readonly points: number;
  readonly over: number;
}

/** A factor that no version has: what a contributor would write, and nothing beside it. */
const longPath: FactorDefinition<"longPath", Rules, Moment> = {
  name: "longPath",
  key: "length",
  label: "long path",
  colour: { light: "#123456", dark: "#abcdef" },
  techniques: ["T1595.003"],
  findingType: "TTPs/Discovery",
  defaults: { points: 0, over: 100 },
  settings: {
    points: POINTS,
    over: { kind: "whole", from: 1, to: 8000, describes: "Characters that a path may have." },
  },
  layout: MOMENT_LAYOUT,
  describe: ({ points, over }) => ({ points: `${points}`, access: `to a path of over ${over} characters` }),
  mostPoints: ({ points }) => points,
  record: (part, { at, event, path }, { rules }) =>
    path.length > rules.over ? newerMoment(part, { at, event }) : part,
  points: ({ at }, { points }, held) => (isHeld(at, held) ? points : 0),
  cause: (part, { over }) => causeOf(`a path of over ${over} characters`, part),
};

/** The modules of a later version, whose list of factors has one more. */
function loadLaterVersion() {
  const load = () => ({
    ...(require("../../../aws/dynamodb/profile-store.ts") as typeof import("../../../aws/dynamodb/profile-store.ts")),
    ...(require("../../../aws/dynamodb/risk-table.ts") as typeof import("../../../aws/dynamodb/risk-table.ts")),
    ...(require("../../../aws/dynamodb/risk-writer.ts") as typeof import("../../../aws/dynamodb/risk-writer.ts")),
    ...(require("../../../cli/score.ts") as typeof import("../../../cli/score.ts")),
    ...(require("../../../configuration/json-schema.ts") as typeof import("../../../configuration/json-schema.ts")),
    ...(require("../../../configuration/risk-rules.ts") as typeof import("../../../configuration/risk-rules.ts")),
    ...(require("../../../domain/risk/assess.ts") as typeof import("../../../domain/risk/assess.ts")),
    ...(require("../../../local/page/assets.ts") as typeof import("../../../local/page/assets.ts")),
    ...(require("../../../scripts/documents/describe-factors.ts") as typeof import("../../../scripts/documents/describe-factors.ts")),
    page: require("../../../local/page/describe.ts") as typeof import("../../../local/page/describe.ts"),
    finding: require("../../../domain/risk/finding.ts") as typeof import("../../../domain/risk/finding.ts"),
  });
  let modules: ReturnType<typeof load> | undefined;
  jest.isolateModules(() => {
    // One SDK for both versions, so that they know each other's errors.
    jest.doMock("@aws-sdk/client-dynamodb", () => sdk);
    jest.doMock("../../../domain/risk/factor-pack.ts", () => ({ FACTORS: laterFactors }));
    modules = load();
  });
  if (modules === undefined) throw new Error("The later version was not loaded.");
  return modules;
}

const laterFactors = [...FACTORS, longPath as unknown as (typeof FACTORS)[number]];
const later = loadLaterVersion();
const laterScoring: ScoringRules = {
  ...scoring,
  rules: { ...scoring.rules, longPath: { points: 60, over: 100 } } as ScoringRules["rules"],
};
const long = (at: number) => access({ at, path: `/api/${"a".repeat(200)}` });
const pointsOf = (factors: Readonly<Record<string, number>> | undefined) => factors?.longPath;

describe("a factor that is added to the list and to nothing else", () => {
  const one = long(MORNING);
  const { profile, risk } = later.assess(undefined, one, laterScoring, MORNING * 1000);

  test("gives points", () => {
    expect([risk.score, pointsOf(risk.factors)]).toEqual([60, 60]);
  });

  test("has its rules in the configuration, with its defaults", () => {
    const rules = { longPath: { points: 7 } } as Record<string, object>;
    expect(later.mergeRisk({ rules }).rules).toMatchObject({ longPath: { points: 7, over: 100 } });
    const schema = JSON.stringify(later.configurationJsonSchema());
    expect(schema).toContain("An access to a path of over 100 characters.");
    expect(schema).toContain("Characters that a path may have.");
    expect(JSON.stringify(configurationJsonSchema())).not.toContain("longPath");
  });

  test("is named in a finding with its points, cause, technique and type", () => {
    if (profile.episode === undefined) throw new Error("60 points are above the threshold.");
    const origin = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
    const finding = later.finding.describeFinding(profile, profile.episode, one, origin, laterScoring);
    expect(finding.Description).toContain("a path of over 100 characters (60 points)");
    expect(finding.Types).toContain("TTPs/Discovery");
    expect(finding.ProductFields).toMatchObject({
      "sallyport/factor/longPath": "60",
      "sallyport/techniques": "T1595.003",
      "sallyport/decisions": one.event,
    });
  });

  test("is in the tables of the docs and the help of the command line", () => {
    const page = readFileSync(join(__dirname, "../../../docs/risk-score.md"), "utf8");
    const written = later.writeFactors(page);
    expect(written).toContain("| `longPath`<br>long path | 0 | to a path of over 100 characters |");
    expect(written).toContain("| `longPath.over` | Characters that a path may have. |");
    expect(later.scoreCommand.help).toContain("longPath");
  });

  test("is in the legend, the bars and the colours of the page", async () => {
    expect(laterFactors.map(later.page.describeFactor)).toContainEqual({
      name: "longPath",
      label: "long path",
      says: "An access to a path of over 100 characters",
    });
    expect(later.page.describeRisk("i", "alice", risk).factors).toContainEqual({
      name: "longPath",
      label: "long path",
      points: 60,
    });
    expect((await later.readAssets()).get("/page.css")?.body).toContain(".longPath { --factor: #123456; }");
  });
});

describe("while two versions are deployed, one of which has another factor", () => {
  let table: Awaited<ReturnType<typeof startTable>>;
  beforeEach(async () => {
    table = await startTable();
  });
  afterEach(() => table.close());

  const versions = () => {
    const ports = (
      from: Pick<typeof later, "createReadProfile" | "createSaveProfile" | "createSaveRisk">,
    ) => ({
      read: from.createReadProfile(table.client, table.tableName),
      save: from.createSaveProfile(table.client, table.tableName),
      saveRisk: from.createSaveRisk(table.client, table.tableName),
    });
    return {
      older: { ...ports({ createReadProfile, createSaveProfile, createSaveRisk }), assess, scoring },
      newer: { ...ports(later), assess: later.assess, scoring: laterScoring },
    };
  };

  type Version = ReturnType<typeof versions>["older"];

  async function score(version: Version, one: AccessObservation) {
    const { profile, version: read } = await version.read(alice, one.at);
    const assessment = version.assess(profile, one, version.scoring, one.at * 1000);
    expect(await version.save(alice, assessment.profile, read)).toBe(true);
    await version.saveRisk(assessment, read + 1, one.at);
    return assessment;
  }

  const history = Array.from({ length: 12 }, (_, index) => ({
    ...(index < 3 ? long(MORNING) : access()),
    at: MORNING + index * 60,
    status: index % 2 === 0 ? 403 : 200,
    userAgent: `agent/${index % 5}`,
  }));

  test("what either records of the factors that both have is as if one had scored everything", async () => {
    const { older, newer } = versions();
    for (const [index, one] of history.entries()) await score(index % 2 === 0 ? newer : older, one);
    const alternated = (await older.read(alice, MORNING + 720)).profile;

    let alone: ReturnType<typeof assess> | undefined;
    for (const one of history) alone = assess(alone?.profile, one, scoring, one.at * 1000);
    expect(alternated?.parts).toEqual(alone?.profile.parts);
    expect(alternated?.at).toBe(alone?.profile.at);
  });

  test("what the newer one recorded for its factor outlives every write of the older one", async () => {
    const { older, newer } = versions();
    for (const [index, one] of history.entries()) await score(index % 2 === 0 ? newer : older, one);
    const [, , last] = history;
    const { profile } = await newer.read(alice, MORNING + 720);
    expect(profile?.parts).toMatchObject({ longPath: { at: last?.at, event: last?.event } });
    const next = await score(newer, access({ at: MORNING + 720 }));
    expect(pointsOf(next.risk.factors)).toBe(60);
  });

  test("an authorizer of the older version reads the newer one's score whole", async () => {
    const { newer } = versions();
    const { risk } = await score(newer, long(MORNING));
    const read = (create: typeof createReadRiskState) =>
      create(table.client, table.tableName)({ user: alice }, MORNING + 1);
    expect(await read(later.createReadRiskState)).toMatchObject({ user: risk });
    expect(await read(createReadRiskState)).toMatchObject({
      status: "known",
      user: { score: 60 },
      unknownAttributes: ["factors.longPath"],
    });
  });

  test("an authorizer of the newer version counts 0 for the factor that the older one did not store", async () => {
    const { older } = versions();
    await score(older, access({ at: MORNING, path: "/api/admin" }));
    const state = await later.createReadRiskState(table.client, table.tableName)(
      { user: alice },
      MORNING + 1,
    );
    expect(state).toMatchObject({ status: "known", user: { score: 20, factors: { longPath: 0 } } });
  });
});
