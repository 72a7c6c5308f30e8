import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { createDeviceRegistry } from "../../aws/dynamodb/device-registry.ts";
import { createReadRiskState } from "../../aws/dynamodb/risk-table.ts";
import { restrictCommand } from "../../cli/restrict.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { startTable } from "../support/aws/dynalite.ts";
import { runCommandLine } from "../support/cli/run-command-line.ts";

const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_REGION: "eu-central-1",
};
const TABLE = "restricted";
const ISSUER = "https://identity.example.com";
const before = { ...process.env };
let table: Awaited<ReturnType<typeof startTable>>;

beforeEach(async () => {
  table = await startTable(TABLE);
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_DYNAMODB: table.endpoint });
});
afterEach(() => table.close());
afterAll(() => {
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL_DYNAMODB"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const run = (...argv: string[]) => runCommandLine(restrictCommand, ["restrict", ...argv]);
const on = (...argv: string[]) => run(...argv, "--table", TABLE);
const OF_ISSUER = ["--issuer", ISSUER];
const nowInSeconds = () => Math.floor(Date.now() / 1000);
const stateOf = () =>
  createReadRiskState(table.client, TABLE)(
    { user: { issuer: ISSUER, subject: "alice" }, sessionId: "5f2c7e", deviceId: "laptop-7" },
    nowInSeconds(),
  );

test("revoking a user voids the tokens issued before now, and of a session ends it", async () => {
  const start = nowInSeconds();
  const user = await on("revoke", "user", "alice", ...OF_ISSUER, "--json");
  expect(user).toMatchObject({ code: 0, stderr: "" });
  const { notBefore } = JSON.parse(user.stdout);
  expect(JSON.parse(user.stdout)).toEqual({
    subject: { kind: "user", user: { issuer: ISSUER, subject: "alice" } },
    notBefore,
  });
  expect(notBefore).toBeGreaterThanOrEqual(start);
  const session = await on("revoke", "session", "5f2c7e", ...OF_ISSUER);
  expect(session.stdout).toMatch(/^session {2}5f2c7e of https:\S+\nrevoked {2}since \S+Z\n$/);
  const revokedAt = expect.any(Number);
  expect(await stateOf()).toEqual({
    status: "known",
    userRestriction: { notBefore },
    sessionRestriction: { revokedAt },
  });
});

test("a session that is revoked twice stays revoked since the first time", async () => {
  await table.put({ pk: `SESSION#${ISSUER}|5f2c7e`, sk: "ACCESS", v: 1, revokedAt: 1000 });
  const { code, stdout } = await on("revoke", "session", "5f2c7e", ...OF_ISSUER);
  expect([code, stdout]).toEqual([0, expect.stringContaining("since 1970-01-01T00:16:40Z")]);
});

test("a quarantine is made longer, never shorter, and is lifted by name", async () => {
  const long = await on("quarantine", "device", "laptop-7", "--for", "7d", "--json");
  const { quarantinedUntil } = JSON.parse(long.stdout);
  expect(quarantinedUntil - nowInSeconds()).toBeGreaterThan(7 * 86_400 - 60);
  const short = await on("quarantine", "device", "laptop-7", "--for", "8h");
  expect(short.code).toBe(1);
  expect(short.stderr).toContain("quarantined for longer");
  expect(await stateOf()).toMatchObject({ deviceRestriction: { quarantinedUntil } });
  const exact = await on("quarantine", "device", "laptop-7", "--until", "2099-12-01T08:00:00+01:00");
  expect(exact).toMatchObject({
    code: 0,
    stdout: "device       laptop-7\nquarantined  until 2099-12-01T07:00:00Z\n",
  });
  expect((await on("quarantine", "device", "laptop-7", "--until", "2099-12-01T07:00:00Z")).code).toBe(0);
  const lifted = await on("lift", "device", "laptop-7", "--quarantine");
  expect(lifted).toMatchObject({ code: 0, stdout: "device      laptop-7\nrestricted  no\n" });
  const again = await on("lift", "device", "laptop-7", "--quarantine");
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("no such restriction to lift")]);
});

test("lifting a revocation leaves the quarantine, and both are lifted together when both are named", async () => {
  await on("revoke", "user", "alice", ...OF_ISSUER);
  await on("quarantine", "user", "alice", "--for", "30m", ...OF_ISSUER);
  const { stdout } = await on("lift", "user", "alice", "--revocation", ...OF_ISSUER, "--json");
  expect(Object.keys(JSON.parse(stdout))).toEqual(["subject", "quarantinedUntil"]);
  await on("revoke", "user", "alice", ...OF_ISSUER);
  const all = await on("lift", "user", "alice", "--revocation", "--quarantine", ...OF_ISSUER, "--json");
  expect(Object.keys(JSON.parse(all.stdout))).toEqual(["subject"]);
});

test("what cannot be read is shown, and lifted on request while the rest stays", async () => {
  const pk = `USER#${ISSUER}|alice`;
  await table.put({
    pk,
    sk: "ACCESS",
    v: 1,
    notBefore: 1000,
    "quarantine\u001bUntil": 9,
    quarantinedUntil: "x",
  });
  const shown = await on("show", "user", "alice", ...OF_ISSUER);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain("tokens issued before 1970-01-01T00:16:40Z");
  expect(shown.stdout).toMatch(/unreadable {2}quarantine\S*Until, quarantinedUntil: denies every request/);
  expect(shown.stdout).not.toContain("\u001b");
  const stuck = await on("quarantine", "user", "alice", "--for", "8h", ...OF_ISSUER);
  expect([stuck.code, stuck.stderr]).toEqual([1, expect.stringContaining("lift --unreadable first")]);
  const lifted = await on("lift", "user", "alice", "--unreadable", ...OF_ISSUER, "--json");
  expect(JSON.parse(lifted.stdout)).toMatchObject({ notBefore: 1000 });
  expect(JSON.parse(lifted.stdout)).not.toHaveProperty("unreadable");
});

test("an item of a later layout is not changed", async () => {
  await table.put({ pk: "DEVICE#laptop-7", sk: "ACCESS", v: 2, quarantinedUntil: 9 });
  for (const argv of [
    ["quarantine", "device", "laptop-7", "--for", "8h"],
    ["lift", "device", "laptop-7", "--unreadable"],
  ]) {
    const { code, stderr } = await on(...argv);
    expect([code, stderr]).toEqual([1, expect.stringContaining("layout version 2")]);
  }
});

test.each([
  [["frobnicate"], "has the actions revoke, quarantine, show, lift"],
  [["revoke", "group", "g"], "must be one of user, session, device"],
  [["revoke", "user"], "id of the user is missing"],
  [["revoke", "user", "alice"], "--issuer is missing"],
  [["revoke", "user", "alice", "--issuer", "https://a|b"], "not an https URL"],
  [["revoke", "user", "alice", "bob", ...OF_ISSUER], "one id"],
  [["revoke", "user", "alice", ...OF_ISSUER, "--for", "8h"], "does not take --for"],
  [["revoke", "device", "laptop-7"], "has no tokens to revoke"],
  [["show", "device", "laptop-7", ...OF_ISSUER], "Leave --issuer out"],
  [["quarantine", "device", "laptop-7"], "either --for or --until"],
  [["quarantine", "device", "laptop-7", "--for", "8h", "--until", "2099-01-01T00:00:00Z"], "either"],
  [["quarantine", "device", "laptop-7", "--for", "8"], "not a time such as 30m"],
  [["quarantine", "device", "laptop-7", "--for", "0h"], "not a time such as 30m"],
  [["quarantine", "device", "laptop-7", "--for", "36601d"], "at most 100 years"],
  [["quarantine", "device", "laptop-7", "--until", "2099-01-01"], "not a time such as 2026"],
  [["quarantine", "device", "laptop-7", "--until", "1790000000"], "not a time such as 2026"],
  [["quarantine", "device", "laptop-7", "--until", "2020-01-01T00:00:00Z"], "must be in the future"],
  [["lift", "device", "laptop-7"], "needs --quarantine, --revocation or --unreadable"],
])("a command line that cannot be meant is refused: %j", async (argv, complaint) => {
  const { code, stderr } = await on(...argv);
  expect([code, stderr]).toEqual([2, expect.stringContaining(complaint)]);
  expect(await stateOf()).toEqual({ status: "known" });
});

test("a table that is not there is named, with what to check", async () => {
  const { code, stderr } = await run("show", "device", "d", "--table", "absent");
  expect(code).toBe(1);
  expect(stderr).toContain('The table "absent" cannot be used');
  expect((await run("show", "device", "d")).stderr).toContain("--table is missing");
});

describe("the commands of the documentation", () => {
  /** What the shell makes of the sh blocks of a page: each call of aws and npx by its words. */
  function callsIn(page: string): readonly (readonly string[])[] {
    const blocks = readFileSync(join(PACKAGE_ROOT, page), "utf8").matchAll(/^```sh\n(.*?)^```$/gms);
    const code = [...blocks]
      .map(([, block]) => block)
      .filter((block) => /restrict revoke|update-item|put-item/.test(block ?? ""));
    const script = [
      'say() { printf "%s\\0" "$@"; printf "\\n"; }',
      'npx() { say npx "$@"; }',
      'aws() { case "$*" in *get-parameter*) printf %s "$STUB_TABLE";; *) say aws "$@";; esac; }',
      ...code,
    ].join("\n");
    const output = execFileSync("sh", ["-euc", script], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, STUB_TABLE: TABLE, TABLE },
    });
    return output
      .split("\0\n")
      .filter((call) => call !== "")
      .map((call) => call.split("\0"));
  }

  async function perform(call: readonly string[]): Promise<void> {
    if (call[0] === "npx") {
      expect(call.slice(1, 3)).toEqual(["sallyport", "restrict"]);
      const { code, stderr } = await run(...call.slice(3));
      expect([call, code, stderr]).toEqual([call, 0, ""]);
      return;
    }
    expect(call.slice(0, 3)).toEqual(["aws", "dynamodb", "update-item"]);
    const option = (name: string) => call[call.indexOf(name) + 1] ?? "";
    await table.client.send(
      new UpdateItemCommand({
        TableName: option("--table-name"),
        Key: JSON.parse(option("--key")),
        UpdateExpression: option("--update-expression"),
        ConditionExpression: option("--condition-expression"),
        ExpressionAttributeValues: JSON.parse(option("--expression-attribute-values")),
      }),
    );
  }

  const writes = [...callsIn("README.md"), ...callsIn("docs/restrictions.md")].filter(
    (call) => !call.includes("show") && !call.includes("lift"),
  );

  test("are those that restrict, and none replaces a whole item", () => {
    expect(writes.map((call) => call.slice(2, 5))).toEqual([
      ["restrict", "revoke", "session"],
      ["restrict", "revoke", "user"],
      ["restrict", "quarantine", "user"],
      ["restrict", "quarantine", "device"],
      ["update-item", "--table-name", TABLE],
    ]);
  });

  const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, index) =>
          permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
        );

  test("end in every order with all of their restrictions in force, and a lost device stays lost", async () => {
    const [revokeSession, ...others] = writes;
    const byHand = others.pop();
    for (const session of [revokeSession, byHand]) {
      const orders = permutations([session, ...others]);
      expect(orders).toHaveLength(24);
      for (const order of orders) {
        await table.close();
        table = await startTable(TABLE);
        process.env.AWS_ENDPOINT_URL_DYNAMODB = table.endpoint;
        const registry = createDeviceRegistry(table.client, TABLE);
        const owner = { issuer: ISSUER, subject: "alice" };
        await registry.enrol("laptop-7", { owner, keys: [], enrolledAt: 9 });
        await registry.retire("laptop-7", 10);
        for (const call of order) await perform(call ?? []);
        expect(await stateOf()).toEqual({
          status: "known",
          userRestriction: { notBefore: expect.any(Number), quarantinedUntil: expect.any(Number) },
          sessionRestriction: { revokedAt: expect.any(Number) },
          deviceRestriction: { quarantinedUntil: expect.any(Number) },
          device: { owner, keys: [], enrolledAt: 9, retiredAt: 10 },
        });
      }
    }
  });

  test("show and lift what the others wrote", async () => {
    for (const call of callsIn("README.md")) await perform(call);
    expect(await stateOf()).toMatchObject({ userRestriction: { notBefore: expect.any(Number) } });
    expect(await stateOf()).not.toHaveProperty("userRestriction.quarantinedUntil");
  });
});
