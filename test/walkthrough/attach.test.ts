import { type CommandResult, openWalk } from "../support/cli/walk.ts";
import type { ShopApi } from "../support/shop/shop.ts";
import { HTTP_ROUTES, REST_ROUTES } from "../support/shop/shop-template.ts";

/** The route that the walk opens deliberately. */
const BROKEN = "GET /orders";
/** What clients are answered by each kind of API. */
const DENIED = { rest: 401, http: 403 };
const WRITES = /^(Create|Update|Delete|Put|Flush|Reset|Add|Remove|TestInvoke)/;
const writesOf = ({ calls }: CommandResult) => Object.keys(calls).filter((name) => WRITES.test(name));
const total = (calls: CommandResult["calls"]): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0);

let walk: Awaited<ReturnType<typeof openWalk>>;
const record: string[] = [];

beforeAll(async () => {
  walk = await openWalk();
}, 120_000);
afterAll(async () => {
  process.stdout.write(`\nThe walk-through of attaching, on the laptop:\n${record.join("\n")}\n`);
  await walk.close();
});

/** Runs a command for one of the APIs, and notes what it cost. */
async function run(api: "rest" | "http", action: string, ...flags: string[]): Promise<CommandResult> {
  const result = await walk.attach(action, walk.shop[api], ...flags);
  record.push(
    `  ${walk.shop[api].name.padEnd(9)}  ${result.command.replace(/\/\S+\/(token\.txt)/, "$1").padEnd(92)} exit ${result.code}  ${String(total(result.calls)).padStart(4)} calls  ${result.seconds.toFixed(1).padStart(5)} s`,
  );
  if (result.code > 1)
    process.stdout.write(
      `${result.command}\n${result.stdout.slice(0, 3000)}\n${result.stderr.slice(0, 1500)}\n`,
    );
  return result;
}

/** A busy machine starts functions slowly. */
const PATIENT = ["--json", "--timeout", "60"];

const json = (result: CommandResult) => JSON.parse(result.stdout);
const base = ({ stageUrls }: ShopApi): string => stageUrls.prod ?? stageUrls.$default ?? "";
const statusOf = async (url: string): Promise<number> => {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.status;
};

describe.each(["rest", "http"] as const)("%s API", (kind) => {
  const routes = kind === "rest" ? REST_ROUTES : HTTP_ROUTES;
  const urls = (api: ShopApi) => [`${base(api)}/orders`, `${base(api)}/invoices`, `${base(api)}/invoices/7`];
  let before: { state: string; configuration: string };

  test("the plan changes nothing, and names each route", async () => {
    const api = walk.shop[kind];
    before = { state: await walk.stateOf(api), configuration: walk.configurationOf(api) };
    const result = await run(kind, "plan", "--json", "--detailed-exit-code");
    expect(result).toMatchObject({ code: 3, stderr: "" });
    const attach = json(result).routes.filter(({ verdict }: { verdict: string }) => verdict === "attach");
    expect(attach).toHaveLength(routes);
    expect(writesOf(result)).toEqual([]);
    expect(await walk.stateOf(api)).toBe(before.state);
  });

  test("in monitor mode every request goes through, and every decision is recorded", async () => {
    const api = walk.shop[kind];
    const result = await run(kind, "apply", "--enforce", "none");
    expect(result).toMatchObject({ code: 0 });
    walk.events.length = 0;
    for (const url of urls(api)) expect(await statusOf(url)).toBe(200);
    await until(() => walk.events.length >= 3);
    for (const event of walk.events)
      expect(event).toMatchObject({
        status_code: "token-missing",
        action_id: 3,
        unmapped: { sallyport: { decision: "deny", enforced: false } },
      });
  });

  test("a second apply changes nothing", async () => {
    const result = await run(kind, "apply");
    expect(result.code).toBe(0);
    expect(writesOf(result)).toEqual([]);
  });

  test("one segment is enforced, the others are not", async () => {
    const api = walk.shop[kind];
    expect(await run(kind, "apply", "--enforce", "billing")).toMatchObject({ code: 0 });
    expect(await statusOf(`${base(api)}/orders`)).toBe(200);
    expect(await statusOf(`${base(api)}/invoices`)).toBe(DENIED[kind]);
  });

  test("all is enforced, and verified route by route", async () => {
    expect(await run(kind, "apply", "--enforce", "all")).toMatchObject({ code: 0 });
    const token = await walk.signIn();
    const api = walk.shop[kind];
    const result = await run(
      kind,
      "verify",
      "--token-file",
      token,
      "--url",
      base(api),
      "--stage",
      stageOf(api),
      ...PATIENT,
    );
    expect(result).toMatchObject({ code: 0 });
    const { counts, ok } = json(result);
    expect(ok).toBe(true);
    expect(counts.protected).toBe(routes);
    expect((await run(kind, "status")).stdout).toContain("all");
  });

  test("what somebody breaks, verify finds", async () => {
    const api = walk.shop[kind];
    const { routes: all } = JSON.parse(await walk.stateOf(api));
    const { id } = all.find(({ key }: { key: string }) => key === BROKEN);
    if (kind === "http") await walk.breakHttp(api, id);
    else await walk.breakRest(api, deploymentOf(before.state), ...(id.split("/") as [string, string]));
    const result = await run(kind, "verify", "--url", base(api), "--stage", stageOf(api), ...PATIENT);
    expect(result.code).toBe(1);
    const wrong = json(result).routes.filter(({ state }: { state: string }) => /^not-/.test(state));
    expect(wrong).toContainEqual(expect.objectContaining({ key: BROKEN, state: "not-protected" }));
    // The stage of the REST API is as it was before: all of it is open.
    expect(wrong).toHaveLength(kind === "rest" ? routes : 1);
  });

  test("drift reports it to Security Hub, and its findings resolve themselves when it is fixed", async () => {
    const expected = [
      ["route-unguarded", BROKEN],
      ...(kind === "rest" ? [["stage-not-redeployed", "prod"]] : []),
    ];
    const found = (await walk.checkDrift(expected.length)).filter(
      ({ RecordState }) => RecordState === "ACTIVE",
    );
    expect(
      found.map(({ ProductFields }) => [
        ProductFields["sallyport/drift"],
        ProductFields["sallyport/subject"],
      ]),
    ).toEqual(expect.arrayContaining(expected));
    expect(found).toHaveLength(expected.length);
    expect(found.map(({ Severity }) => Severity.Label)).toEqual(expected.map(() => "HIGH"));
    expect(await run(kind, "apply")).toMatchObject({ code: 0 });
    const ids = found.map(({ Id }) => Id);
    const resolved = (await walk.checkDrift(0)).filter(({ Id }) => ids.includes(Id));
    expect(resolved).toHaveLength(expected.length);
    for (const finding of resolved)
      expect(finding).toMatchObject({ RecordState: "ARCHIVED", Compliance: { Status: "PASSED" } });
    for (const url of urls(walk.shop[kind])) expect(await statusOf(url)).toBe(DENIED[kind]);
  });

  test("rolling back leaves it as it was, to the byte", async () => {
    const api = walk.shop[kind];
    expect(await run(kind, "rollback")).toMatchObject({ code: 0 });
    const after = { state: await walk.stateOf(api), configuration: walk.configurationOf(api) };
    if (kind === "rest") expect(after).toEqual(before);
    expect(withoutAutomatic(after.state)).toEqual(withoutAutomatic(before.state));
    expect(withoutAutomatic(after.configuration)).toEqual(withoutAutomatic(before.configuration));
    for (const url of urls(api)) expect(await statusOf(url)).toBe(200);
  });
});

const deploymentOf = (state: string): string =>
  JSON.parse(state).stages.find(({ name }: { name: string }) => name === "prod").deploymentId;

/**
 * Leaves out the deployments of stages that deploy by themselves, which API Gateway makes after
 * each change and alone can name.
 */
function withoutAutomatic(text: string): unknown {
  const api = JSON.parse(text);
  // The laptop's own maps are written with their keys, what API Gateway tells is a list.
  const entries = (of: Record<string, unknown>[] | { map: [string, Record<string, unknown>][] }) =>
    Array.isArray(of) ? of.map((one): [unknown, typeof one] => [one.id, one]) : of.map;
  const automatic = new Set<unknown>();
  for (const [, stage] of entries(api.stages)) {
    if (stage.autoDeploy !== true) continue;
    automatic.add(stage.deploymentId);
    stage.deploymentId = "automatic";
  }
  api.deployments = entries(api.deployments).filter(([id]: [unknown, unknown]) => !automatic.has(id));
  return api;
}

const stageOf = ({ stageUrls }: ShopApi): string => ("prod" in stageUrls ? "prod" : "$default");

async function until(true_: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!true_() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}
