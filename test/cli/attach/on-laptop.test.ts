import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createApiControl } from "../../../aws/api-gateway/api-control.ts";
import { createAttachCommand } from "../../../cli/attach/attach.ts";
import { type AttachWorld, realWorld } from "../../../cli/attach/world.ts";
import { PACKAGE_ROOT } from "../../../lib/package-root.ts";
import { newFolder } from "../../support/attach/attach-run.ts";
import { hastyPace } from "../../support/aws/recording-server.ts";
import { runCommandLine } from "../../support/cli/run-command-line.ts";
import { type Shop, type ShopApi, startShop } from "../../support/shop/shop.ts";

let shop: Shop;
let folder: string;
const before = { ...process.env };
beforeAll(async () => {
  folder = await newFolder();
  await writeFile(join(folder, "token"), "good\n");
  shop = await startShop({ mixed: true, ownedByStack: true });
  Object.assign(process.env, shop.environment);
});
afterAll(async () => {
  for (const name of Object.keys(shop.environment)) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await shop.close();
  await rm(folder, { recursive: true });
});

const readApi = async ({ id }: ShopApi) => {
  const { accountId, region } = shop.stack.template;
  const address = { accountId, region, apiId: id };
  const { control } = await createApiControl({ address, partition: "aws", pace: hastyPace().pace });
  return control.read();
};
/** Without what a stage that deploys by itself counts on */
const settingsOf = async (api: ShopApi) => {
  const { deployments, stages, ...rest } = await readApi(api);
  const isAutomatic = stages.some(({ autoDeploy }) => autoDeploy);
  return {
    ...rest,
    deployments: isAutomatic ? [] : deployments,
    stages: stages.map(({ deploymentId, ...stage }) => (isAutomatic ? stage : { ...stage, deploymentId })),
  };
};

/**
 * The laptop bears more calls than an AWS account is allowed; the pace itself is tested elsewhere.
 */
const hasty: AttachWorld = {
  ...realWorld,
  isTerminal: false,
  openClients: (request) => realWorld.openClients({ ...request, rate: 1000 }),
};

const run = (action: string, api: ShopApi, ...argv: string[]) =>
  runCommandLine(createAttachCommand(hasty), [
    "attach",
    action,
    "--api",
    api.id,
    "--table",
    shop.tableName,
    "--snapshot",
    join(folder, `${api.id}.json`),
    ...argv,
  ]);

test.each(["rest", "http", "chat"] as const)(
  "%s: attached, seen by every command, and freed to the byte",
  async (name) => {
    const api = shop[name];
    const found = await settingsOf(api);
    const first = ["--authorizer", shop.authorizerArn, "--accept-drift"];
    const planned = await run("plan", api, ...first, "--json");
    expect([planned.code, planned.stderr]).toEqual([0, ""]);
    const wanted = JSON.parse(planned.stdout).routes.filter(
      ({ verdict }: { verdict: string }) => verdict === "attach",
    );
    expect(wanted.length).toBeGreaterThan(0);
    const applied = await run("apply", api, ...first, "--yes", "--json");
    expect([
      applied.stderr.split("\n").filter((line) => line.startsWith("sallyport:")),
      applied.code,
    ]).toEqual([[], 0]);
    expect(JSON.parse(applied.stdout)).toMatchObject({ status: "attached", routes: wanted.length });
    const again = await run("apply", api, "--yes", "--json");
    expect([again.code, JSON.parse(again.stdout).steps]).toEqual([0, 0]);
    expect(await run("status", api)).toMatchObject({ code: 0 });
    const enforced = await run("apply", api, "--enforce", "all", "--yes", "--json");
    expect(enforced.code).toBe(0);
    for (const [stage, url] of Object.entries(api.stageUrls)) {
      const argv = ["--stage", stage, "--url", url, "--token-file", join(folder, "token"), "--json"];
      const verified = await run("verify", api, ...argv);
      const { counts, routes } = JSON.parse(verified.stdout);
      const wrong = routes.filter((one: { state: string }) => one.state !== "protected");
      expect([verified.code, counts.protected, wrong]).toEqual([
        0,
        wanted.length,
        wrong.filter(({ state }: { state: string }) => /^(open|protected-otherwise)$/.test(state)),
      ]);
    }
    const undone = await run("rollback", api, "--yes", "--json");
    expect([undone.code, JSON.parse(undone.stdout).differences]).toEqual([0, []]);
    expect(await settingsOf(api)).toEqual(found);
  },
);

test("SIGTERM ends the run after the call under way, and rollback frees what it left", async () => {
  const found = await settingsOf(shop.http);
  const path = join(folder, "stopped.json");
  const flags = ["--api", shop.http.id, "--table", shop.tableName, "--snapshot", path, "--yes"];
  const first = [
    "attach",
    "apply",
    ...flags,
    "--authorizer",
    shop.authorizerArn,
    "--accept-drift",
    "--rate",
    "4",
  ];
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "bin/sallyport.mjs"), ...first], {
    env: { ...process.env, ...shop.environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (!child.killed && /^\d+\/\d+ create the authorizer/m.test(said)) child.kill("SIGTERM");
  });
  const [code, signal] = await once(child, "close");
  expect([code, signal, said]).toEqual([
    143,
    null,
    expect.stringMatching(/Stopped after \d+ steps\. Run the same/),
  ]);
  const half = await readApi(shop.http);
  expect(half.authorizers.map(({ name }) => name)).toContain("sallyport");
  const words = ["attach", "rollback", ...flags, "--rate", "40"];
  const undone = await runCommandLine(createAttachCommand({ ...realWorld, isTerminal: false }), words);
  expect([undone.code, await settingsOf(shop.http)]).toEqual([0, found]);
});

test("an API that is not there, and one that is not attached, are said plainly", async () => {
  const gone = await run("plan", { ...shop.rest, id: "nosuchapi1" }, "--authorizer", shop.authorizerArn);
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('API "nosuchapi1" does not exist')]);
  const foreign = await run("rollback", shop.rest, "--yes", "--authorizer", shop.authorizerArn);
  expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining("is not attached") });
});

describe("on a bad day", () => {
  afterEach(() => {
    shop.faults.clear();
    shop.stack.control.limitPages(Number.POSITIVE_INFINITY);
  });
  const first = () => ["--authorizer", shop.authorizerArn, "--accept-drift", "--yes", "--json"];
  const route = { rest: "UpdateMethod", http: "UpdateRoute" } as const;

  test.each(["rest", "http"] as const)(
    "%s: throttled, cut off and listed in short pages, it is attached and freed all the same",
    async (kind) => {
      const api = shop[kind];
      const found = await settingsOf(api);
      shop.stack.control.limitPages(7);
      for (const nth of [2, 5, 6])
        shop.faults.add({ operation: route[kind], nth, effect: { kind: "throttle" } });
      shop.faults.add({ operation: route[kind], nth: 8, effect: { kind: "reset", when: "after" } });
      shop.faults.add({ operation: "AddPermission", nth: 1, effect: { kind: "reset", when: "after" } });
      shop.faults.add({ operation: "CreateAuthorizer", nth: 1, effect: { kind: "reset", when: "after" } });
      shop.faults.add({ operation: "UpdateStage", nth: 1, effect: { kind: "fail" } });
      const calls = shop.calls().length;
      const applied = await run("apply", api, ...first());
      expect([applied.code, applied.stderr.match(/^sallyport:.*/m)]).toEqual([0, null]);
      const met = shop.calls().slice(calls);
      expect(met.map(({ status }) => status)).toEqual(expect.arrayContaining([429, 0, 500]));
      const { authorizers, routes } = await readApi(api);
      const ours = authorizers.filter(({ name }) => name === "sallyport");
      expect(ours).toHaveLength(1);
      expect(routes.filter(({ authorization }) => authorization.authorizerId === ours[0]?.id)).toHaveLength(
        JSON.parse(applied.stdout).routes,
      );
      shop.faults.clear();
      shop.faults.add({ operation: "DeleteAuthorizer", nth: 1, effect: { kind: "reset", when: "after" } });
      shop.faults.add({ operation: route[kind], nth: 3, effect: { kind: "throttle" } });
      expect((await run("rollback", api, "--yes")).code).toBe(0);
      expect(await settingsOf(api)).toEqual(found);
    },
  );

  test("a permission that is missing half-way is named with what it is missing on, and nothing is beyond undoing", async () => {
    const found = await settingsOf(shop.rest);
    shop.faults.add({ operation: "UpdateMethod", nth: 10, effect: { kind: "deny" } });
    const applied = await run("apply", shop.rest, ...first());
    expect([applied.code, applied.stderr]).toEqual([
      1,
      expect.stringMatching(
        /the IAM action apigateway:PATCH on arn:aws:apigateway:eu-central-1::\/restapis\/\w+\/resources\/\w+\/methods\/\w+ is missing/,
      ),
    ]);
    expect((await run("status", shop.rest)).code).toBe(1);
    expect((await run("rollback", shop.rest, "--yes")).code).toBe(0);
    expect(await settingsOf(shop.rest)).toEqual(found);
  });
});
