import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAttachCommand } from "../../../cli/attach/attach.ts";
import type { AttachWorld } from "../../../cli/attach/world.ts";
import type { ApiState } from "../../../domain/attach/api-state.ts";
import type { Attachment } from "../../../domain/attach/attachment.ts";
import { newFolder, written } from "../../support/attach/attach-run.ts";
import { FakeApi } from "../../support/attach/fake-api.ts";
import { ADDRESS, FUNCTION_ARN, route, simpleApi } from "../../support/attach/random-api.ts";
import { runCommandLine } from "../../support/cli/run-command-line.ts";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(folder, { recursive: true }));

interface Scene {
  readonly confirm?: boolean;
  readonly isTerminal?: boolean;
  /** Ends like a signal would before this step */
  readonly stopAt?: number;
}

function commandOn(api: FakeApi, { confirm, isTerminal = false, stopAt }: Scene = {}) {
  let steps = 0;
  const world: AttachWorld = {
    openClients: async ({ table }) => ({
      addressOf: () => ADDRESS,
      open: async () => api.control,
      permissionOf: () => api.permission,
      ...(table !== undefined && { store: api.store }),
      calls: () => api.calls.length,
    }),
    now: Date.now,
    isTerminal,
    confirm: async () => confirm,
    catchSignals: () => ({
      stopped: () => {
        steps += 1;
        return steps === stopAt ? "SIGINT" : undefined;
      },
      end: () => undefined,
    }),
  };
  const base = ["--api", ADDRESS.apiId, "--table", "T", "--snapshot", join(folder, "snapshot.json")];
  const run = (action: string, ...argv: string[]) =>
    runCommandLine(createAttachCommand(world), ["attach", action, ...base, ...argv]);
  return { run, first: ["--authorizer", FUNCTION_ARN, "--yes"] };
}

test("plan tells and changes nothing; apply, status and rollback follow", async () => {
  const api = new FakeApi(simpleApi("rest", 4));
  const before = written(api);
  const { run, first } = commandOn(api);
  const planned = await run("plan", "--authorizer", FUNCTION_ARN, "--detailed-exit-code");
  expect(planned).toMatchObject({ code: 3, stderr: "" });
  expect(planned.stdout).toContain("REST API orders (abc123def4) in eu-central-1 of 444455556666");
  expect(planned.stdout).toMatch(/^attach {2}GET \/items\/0 {3}open now$/m);
  expect(planned.stdout).toContain("stage prod  monitors");
  expect(planned.stdout).toContain("guard 4 routes: GET /items/0, GET /items/1, POST /items/2 and 1 more");
  expect(api.writes).toBe(0);
  const dry = await run("apply", ...first, "--dry-run", "--json");
  expect([dry.code, JSON.parse(dry.stdout).steps.length, api.writes]).toEqual([0, 15, 0]);
  const applied = await run("apply", ...first, "--json");
  expect(applied.code).toBe(0);
  expect(JSON.parse(applied.stdout)).toMatchObject({
    status: "attached",
    routes: 4,
    enforce: { prod: "none" },
  });
  expect(await run("plan", "--detailed-exit-code")).toMatchObject({ code: 0 });
  const status = await run("status");
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/^status {6}attached since \d{4}-/m);
  expect(status.stdout).toMatch(/^stage prod {2}monitors/m);
  api.state.routes = [...api.state.routes, route("GET /late")];
  const late = await run("status", "--json");
  expect([late.code, JSON.parse(late.stdout).pending[1]]).toMatchObject([
    1,
    { do: "guard-route", key: "GET /late" },
  ]);
  api.state.routes = api.state.routes.slice(0, 4);
  const undone = await run("rollback", "--yes");
  expect(undone).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Everything matches the snapshot."),
  });
  expect(written(api)).toBe(before);
  expect(await run("rollback", "--authorizer", FUNCTION_ARN, "--yes")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is not attached"),
  });
});

test("a role, an origin and exclusions are kept by later applies", async () => {
  const api = new FakeApi(simpleApi("rest", 3));
  const before = written(api);
  const { run, first } = commandOn(api);
  const role = "arn:aws:iam::444455556666:role/invoke";
  const more = [
    "--credentials-role",
    role,
    "--allow-origin",
    "https://app.example",
    "--exclude",
    "GET /items/0",
  ];
  await run("apply", ...first, ...more);
  expect(api.statements.size).toBe(0);
  expect(await run("plan", "--detailed-exit-code")).toMatchObject({ code: 0 });
  expect(await run("status")).toMatchObject({ code: 0 });
  await run("rollback", "--yes");
  expect(written(api)).toBe(before);
});

test("what others changed is reported after a rollback, and left alone", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const { run, first } = commandOn(api);
  await run("apply", ...first);
  api.setRoute("id of GET /items/1", { authorization: { type: "AWS_IAM" } });
  const { code, stdout } = await run("rollback", "--yes");
  expect([code, stdout]).toEqual([1, expect.stringContaining("route GET /items/1\n    before: ")]);
  expect(api.records.size).toBe(0);
});

test("asks before it changes anything", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const argv = ["--authorizer", FUNCTION_ARN];
  expect(await commandOn(api).run("apply", ...argv)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Add --yes"),
  });
  expect(await commandOn(api, { confirm: false }).run("apply", ...argv)).toMatchObject({ code: 1 });
  expect(api.writes).toBe(0);
  expect(await commandOn(api, { confirm: true }).run("apply", ...argv)).toMatchObject({ code: 0 });
});

test("a signal ends the run after the call under way, and says how to go on", async () => {
  const api = new FakeApi(simpleApi("rest", 3));
  const stopped = await commandOn(api, { stopAt: 10 }).run("apply", "--authorizer", FUNCTION_ARN, "--yes");
  expect(stopped).toMatchObject({
    code: 130,
    stderr: expect.stringContaining("Stopped after 9 steps. Run the same"),
  });
  const { run } = commandOn(api);
  expect(await run("status")).toMatchObject({ code: 1, stdout: expect.stringContaining("has not ended") });
  expect(await run("apply", "--yes")).toMatchObject({ code: 0 });
});

test("shows a bar on a terminal, and lines elsewhere", async () => {
  const drawn = await commandOn(new FakeApi(simpleApi("rest", 60)), { isTerminal: true }).run(
    "apply",
    ...["--authorizer", FUNCTION_ARN, "--yes"],
  );
  expect(drawn.stderr).toMatch(/\r\[#+ *\] \d+\/71, \d+ calls, \d+ s left {2}protect GET/);
  await rm(join(folder, "snapshot.json"));
  const { stderr } = await commandOn(new FakeApi(simpleApi("rest", 60))).run(
    "apply",
    ...["--authorizer", FUNCTION_ARN, "--yes"],
  );
  expect(stderr.split("\n").filter((line) => /^\d+\/71 protect/.test(line))).toHaveLength(1);
});

test("what AWS refuses comes with what to do next", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  api.before = (call) => {
    if (call === "createAuthorizer")
      throw Object.assign(new Error("The IAM action apigateway:POST is missing."), {
        name: "ControlError",
        kind: "access-denied",
        next: "Let the policy allow it.",
      });
  };
  const { run, first } = commandOn(api);
  const failed = await run("apply", ...first);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(
    /sallyport: The IAM action apigateway:POST is missing\.\nLet the policy allow it\.\n$/,
  );
});

test("a stack's API is refused until the drift is accepted", async () => {
  const api = new FakeApi(simpleApi("rest", 2, { stack: "orders" }));
  const { run, first } = commandOn(api);
  expect(await run("plan", "--authorizer", FUNCTION_ARN)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("Refused: The stack orders owns this API"),
  });
  expect(await run("apply", ...first)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--accept-drift"),
  });
  expect(api.writes).toBe(0);
  expect(await run("apply", ...first, "--accept-drift")).toMatchObject({ code: 0 });
});

test("explains what it was asked wrongly", async () => {
  const command = createAttachCommand({} as AttachWorld);
  const api = ["--api", "abc"];
  const table = ["--table", "T"];
  for (const [argv, says] of [
    [[], "attach has the actions plan, apply, verify, rollback, status"],
    [["toString"], "attach has the actions"],
    [["plan", ...table], "--api is missing"],
    [["plan", "--api", "../x", ...table], "is not an API id"],
    [["plan", ...api], "Pass --table"],
    [["plan", ...api, ...table, "--no-table"], "Pass --table"],
    [["plan", "more", ...api, ...table], "takes options only"],
    [["plan", ...api, ...table, "--yes"], "attach plan does not take --yes"],
    [["verify", ...api, ...table, "--canary", "5"], "does not take --canary"],
    [["plan", ...api, ...table, "--authorizer", "my-function"], "is not the ARN of a Lambda function"],
  ] as const) {
    const result = await runCommandLine(command, ["attach", ...argv]);
    expect([argv, result.code, result.stdout]).toEqual([argv, 2, ""]);
    expect(result.stderr).toContain(says);
  }
  const { run } = commandOn(new FakeApi(simpleApi("rest", 2)));
  for (const [argv, says] of [
    [[], "--authorizer is missing"],
    [["--authorizer", FUNCTION_ARN, "--enforce", "ALL"], "must be all, none, or segment names"],
    [["--authorizer", FUNCTION_ARN, "--replace", "iam,oauth"], "must be one of iam, cognito, jwt, custom"],
    [["--authorizer", FUNCTION_ARN, "--canary", "100"], "--canary takes a whole number from 1 to 99"],
    [["--authorizer", FUNCTION_ARN, "--rate", "0"], "--rate takes a whole number"],
    [["--authorizer", FUNCTION_ARN, "--credentials-role", "me"], "is not the ARN of an IAM role"],
  ] as const) {
    const result = await run("plan", ...argv);
    expect([argv, result.code, result.stderr]).toEqual([argv, 2, expect.stringContaining(says)]);
  }
});

describe("verify", () => {
  const TOKEN = "a.good.token";
  let server: Server;
  let url: string;
  let seen: { readonly method: string; readonly path: string; readonly token: string | undefined }[];
  /** How the API answers; the default is one that is guarded well */
  let answer: (path: string, token: string | undefined) => readonly [number, string, Record<string, string>?];

  beforeEach(async () => {
    seen = [];
    answer = (_, token) =>
      token === TOKEN
        ? [200, "{}"]
        : [401, '{"error":"invalid_token","reason":"token-missing","decisionId":"d1"}'];
    server = createServer((request, response) => {
      const { method = "", url: path = "" } = request;
      const token = request.headers.authorization?.replace("Bearer ", "");
      seen.push({ method, path, token });
      const [status, body, headers] = answer(path, token);
      response.writeHead(status, headers).end(body);
    });
    server.on("upgrade", (request, socket) => {
      seen.push({ method: "upgrade", path: request.url ?? "", token: request.headers.authorization });
      const open = request.headers.authorization === `Bearer ${TOKEN}`;
      socket.end(
        `HTTP/1.1 ${open ? "101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade" : "403 Forbidden\r\nContent-Length: 0"}\r\n\r\n`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`;
    await writeFile(join(folder, "token"), `${TOKEN}\n`);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const attached = async (state: ApiState, ...argv: string[]) => {
    const api = new FakeApi(state);
    const { run, first } = commandOn(api);
    await run("apply", ...first, ...argv);
    const verify = async (...more: string[]) => {
      const result = await run("verify", "--url", url, "--token-file", join(folder, "token"), ...more);
      expect(`${result.stdout}${result.stderr}`).not.toContain(TOKEN);
      return result;
    };
    return { api, verify };
  };
  const states = (stdout: string) =>
    Object.fromEntries(
      JSON.parse(stdout).routes.map((one: { key: string; state: string }) => [one.key, one.state]),
    );

  const mixed = simpleApi("rest", 0, {
    routes: [
      route("GET /orders/{id}"),
      route("POST /orders"),
      route("OPTIONS /orders"),
      route("GET /health"),
      route("DELETE /signed", { type: "AWS_IAM" }),
    ],
  });

  test("tells what is protected, and calls nothing that could do harm", async () => {
    const { verify } = await attached(mixed, "--enforce", "all", "--exclude", "GET /health");
    const { code, stdout } = await verify("--json");
    expect([code, states(stdout)]).toEqual([
      0,
      {
        "GET /orders/{id}": "protected",
        "POST /orders": "protected",
        "OPTIONS /orders": "open",
        "GET /health": "open",
        "DELETE /signed": "protected-otherwise",
      },
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, calls: 5, counts: { protected: 2 } });
    expect(seen.filter(({ token }) => token === TOKEN)).toEqual([
      { method: "GET", path: "/prod/orders/sallyport-verify", token: TOKEN },
    ]);
    const printed = await verify();
    expect(printed.stdout).toMatch(
      /^protected +prod +GET \/orders\/\{id\} +401\/401\/200 +denied by Sallyport \(token-missing\)$/m,
    );
    await verify("--all-methods");
    expect(seen.filter(({ token }) => token === TOKEN).map(({ method }) => method)).toContain("POST");
  });

  test("in monitor mode says so, and does not call what would go through and change something", async () => {
    answer = () => [200, "{}"];
    const { verify } = await attached(mixed);
    const { code, stdout } = await verify("--json");
    expect([code, states(stdout)]).toMatchObject([
      0,
      { "GET /orders/{id}": "monitored", "POST /orders": "monitored" },
    ]);
    expect(seen.map(({ method }) => method)).not.toContain("POST");
  });

  test("tells routes that are not protected, without calling those that could do harm", async () => {
    const { api, verify } = await attached(mixed, "--enforce", "all");
    api.state.routes = [...api.state.routes, route("DELETE /late"), route("GET /late")];
    answer = (path) => (path.includes("orders") ? [200, "{}"] : [200, ""]);
    const { code, stdout } = await verify("--json");
    expect([code, states(stdout)]).toMatchObject([
      1,
      { "GET /orders/{id}": "not-protected", "DELETE /late": "not-protected", "GET /late": "not-protected" },
    ]);
    expect(seen.map(({ method }) => method)).not.toContain("DELETE");
  });

  test("tells what the stage does not have yet, and what API Gateway cannot ask", async () => {
    const { api, verify } = await attached(mixed, "--enforce", "all");
    api.setRoute("id of GET /health", { authorization: { type: "NONE" } });
    api.deployStage("prod", "by hand");
    api.setRoute("id of GET /health", {
      authorization: { type: "CUSTOM", authorizerId: api.state.authorizers[0]?.id ?? "" },
    });
    answer = (path) =>
      path.includes("/orders/")
        ? [500, "{}", { "x-amzn-errortype": "AuthorizerConfigurationException" }]
        : [
            403,
            '{"message":"Missing Authentication Token"}',
            { "x-amzn-errortype": "MissingAuthenticationTokenException" },
          ];
    const { code, stdout } = await verify("--json");
    expect([code, states(stdout)]).toMatchObject([
      1,
      { "GET /health": "not-deployed", "GET /orders/{id}": "failing", "POST /orders": "not-deployed" },
    ]);
  });

  test("a good token that no route admits is reported", async () => {
    const { verify } = await attached(mixed, "--enforce", "all");
    answer = () => [401, '{"reason":"audience-mismatch","decisionId":"d"}'];
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([1, expect.stringContaining("The good token was denied on every route")]);
    expect(stdout).toContain("the good token was denied (audience-mismatch)");
  });

  test("an API that cannot be reached is not called protected", async () => {
    const { verify } = await attached(simpleApi("http", 1), "--enforce", "all");
    url = "http://127.0.0.1:1";
    const { code, stdout } = await verify("--json");
    expect([code, states(stdout)]).toEqual([1, { "GET /items/0": "unreachable" }]);
  });

  test("a WebSocket API is verified by its handshake", async () => {
    const { verify } = await attached(simpleApi("websocket", 0), "--enforce", "all");
    const { code, stdout } = await verify("--json");
    expect([code, JSON.parse(stdout).routes[0]]).toMatchObject([
      0,
      { key: "$connect", state: "protected", calls: { none: 403, bad: 403, good: 101 } },
    ]);
  });
});

test("changes by others to a stage's variables are reported without their values", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const { run, first } = commandOn(api);
  await run("apply", ...first);
  api.state.stages = api.state.stages.map((one) => ({
    ...one,
    variables: { ...one.variables, color: "s3cret-1", added: "s3cret-2" },
  }));
  const undone = await run("rollback", "--yes", "--json");
  expect([undone.code, undone.stdout.match(/s3cret|blue/)]).toEqual([1, null]);
  expect(JSON.parse(undone.stdout).differences).toEqual([
    { what: "variable added of stage prod", now: "a value that is not shown" },
    { what: "variable color of stage prod", before: "a value that is not shown", now: "another value" },
  ]);
});

test("a rollback by another function than the attached one is refused, since it would leave the permission", async () => {
  const api = new FakeApi(simpleApi("http", 2));
  const { run, first } = commandOn(api);
  await run("apply", ...first);
  const { writes } = api;
  const refused = await run("rollback", "--authorizer", `${FUNCTION_ARN}-2`, "--yes");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("is attached to") });
  expect(api.writes).toBe(writes);
});

test("a record that was edited in the table is refused", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const { run, first } = commandOn(api);
  await run("apply", ...first);
  for (const [key, record] of api.records) {
    const { snapshot } = record;
    const routes = snapshot.api.routes.slice(1);
    api.records.set(key, { ...record, snapshot: { ...snapshot, api: { ...snapshot.api, routes } } });
  }
  const { writes } = api;
  const refused = await run("rollback", "--yes");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("was edited or is damaged") });
  expect(api.writes).toBe(writes);
});

describe("--json gives one object, whatever happens", () => {
  const said = (stdout: string) => JSON.parse(stdout) as Record<string, unknown>;

  test("refused, failed, stopped, or answered with no", async () => {
    const api = new FakeApi(simpleApi("rest", 3));
    const flags = ["--authorizer", FUNCTION_ARN, "--json"];
    const { run } = commandOn(api, { confirm: false });
    expect(said((await run("apply", ...flags)).stdout)).toMatchObject({ status: "unchanged" });
    expect(said((await run("rollback", ...flags, "--yes")).stdout)).toEqual({
      status: "failed",
      error: expect.stringContaining("is not attached"),
      next: expect.any(String),
    });
    expect(said((await run("apply", ...flags, "--yes", "--stage", "nope")).stdout)).toMatchObject({
      status: "failed",
      error: "The API has no stage named nope.",
    });
    const stopping = commandOn(api, { stopAt: 3 });
    expect(said((await stopping.run("apply", ...flags, "--yes")).stdout)).toMatchObject({
      status: "stopped",
      signal: "SIGINT",
      steps: 2,
    });
    api.before = () => {
      throw new Error("table down");
    };
    expect(said((await run("plan", ...flags)).stdout)).toEqual({ status: "failed", error: "table down" });
  });
});

test.each([false, true])("nothing that an API holds moves the terminal (watched: %s)", async (isTerminal) => {
  const evil = "\u001b[2J\u0007\u202e\u2028";
  const api = new FakeApi({
    ...simpleApi("http", 0, { routes: [route(`GET /${evil}`)] }),
    name: `orders${evil}`,
  });
  const { run, first } = commandOn(api, { isTerminal });
  const all = [
    await run("plan", "--authorizer", FUNCTION_ARN),
    await run("apply", ...first),
    await run("status"),
    await run("apply", "--yes", "--enforce", "all", "--replace", "jwt", "--exclude", `GET /${evil}`),
    await run("apply", "--yes", "--stage", evil),
    await run("rollback", "--yes"),
  ];
  const printed = all.map(({ stdout, stderr }) => `${stdout}${stderr}`).join("");
  expect(printed).toContain("\\u001b[2J\\u0007\\u202e\\u2028");
  expect([...evil].filter((character) => !/[[2J]/.test(character) && printed.includes(character))).toEqual(
    [],
  );
});

test("the list tells of a record that it cannot read, and lists the others", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const { run, first } = commandOn(api);
  await run("apply", ...first);
  const known = await api.store.list();
  const list: typeof api.store.list = async (tell) => {
    tell?.({ ...ADDRESS, apiId: "newer" }, new Error("The record newer is of another layout version."));
    return known;
  };
  Object.assign(api.store, { list });
  const world = { openClients: async () => ({ store: api.store }) } as unknown as AttachWorld;
  const listed = await runCommandLine(createAttachCommand(world), ["attach", "status", "--table", "T"]);
  expect(listed).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(ADDRESS.apiId),
    stderr: "The record newer is of another layout version.\n",
  });
});

test("an API that was deleted is forgotten: its statement and its record go", async () => {
  const api = new FakeApi(simpleApi("http", 2));
  const { run, first } = commandOn(api);
  await run("apply", ...first);
  expect([api.statements.size, api.records.size]).toEqual([1, 1]);
  api.before = (call) => {
    if (call !== "read") return;
    const failure = { name: "ControlError", kind: "not-found", operation: "GetApi", next: "Check the id." };
    throw Object.assign(new Error("There is no API."), failure);
  };
  const dry = await run("rollback", "--dry-run", "--json");
  expect([dry.code, JSON.parse(dry.stdout).status, api.records.size]).toEqual([0, "unchanged", 1]);
  const undone = await run("rollback", "--yes", "--json");
  expect([undone.code, JSON.parse(undone.stdout)]).toMatchObject([
    0,
    { status: "rolled-back", apiGone: true, steps: 1 },
  ]);
  expect([api.statements.size, api.records.size]).toEqual([0, 0]);
  expect(await run("rollback", "--yes")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("There is no API."),
  });
});

test("who loses the race for an API leaves no snapshot behind that would be in the way", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const before = written(api);
  const winner = commandOn(api);
  let raced = false;
  api.before = (call) => {
    if (call !== "save" || raced) return;
    raced = true;
    api.records.set(ADDRESS.apiId, { updatedAt: "of the winner" } as Attachment);
  };
  const lost = await winner.run("apply", ...winner.first);
  expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining("Another run is attaching") });
  await expect(readFile(join(folder, "snapshot.json"), "utf8")).rejects.toMatchObject({ code: "ENOENT" });
  api.records.clear();
  expect(written(api)).toBe(before);
  expect(await winner.run("apply", ...winner.first)).toMatchObject({ code: 0 });
});

test.each(["rollback", "status", "verify"])("%s of an API that is not attached says that", async (action) => {
  const { run } = commandOn(new FakeApi(simpleApi("rest", 2)));
  expect(await run(action)).toMatchObject({ code: 1, stderr: expect.stringContaining("is not attached") });
});

test("with --json a wrong value is reported as an object on standard output too", async () => {
  const { run } = commandOn(new FakeApi(simpleApi("rest", 1)));
  const { code, stdout } = await run("plan", "--json", "--canary", "100");
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    status: "failed",
    error: "--canary takes a whole number from 1 to 99.",
  });
});
