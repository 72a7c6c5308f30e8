import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiState } from "../../../domain/attach/api-state.ts";
import { apply, newFolder, undo, written } from "../../support/attach/attach-run.ts";
import { FakeApi } from "../../support/attach/fake-api.ts";
import { FUNCTION_ARN, route, simpleApi, stage } from "../../support/attach/random-api.ts";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(folder, { recursive: true }));

const type = (api: FakeApi, key: string) =>
  api.state.routes.find((one) => one.key === key)?.authorization.type;
const once = (api: FakeApi, name: string, act: () => void): void => {
  let done = false;
  api.before = (call) => {
    if (done || call !== name) return;
    done = true;
    act();
  };
};

describe.each(["rest", "http", "websocket"] as const)("a %s API", (kind) => {
  const parts = kind === "rest" ? {} : { stages: [stage("$default", { deploymentId: "d0" })] };

  test("killed before or after each single call: the next run ends what was begun, and rollback undoes it", async () => {
    const original = simpleApi(kind, 3, parts);
    const whole = new FakeApi(original);
    await apply(whole, folder);
    const total = whole.calls.length;
    const target = written(whole).replaceAll(/\b[ad]\d+\b/g, "id");
    await undo(whole, folder);
    for (let at = 1; at <= total; at += 1) {
      for (const moment of ["before", "after"] as const) {
        const api = new FakeApi(original);
        const before = written(api);
        api[moment] = (_, count) => {
          if (count === at) throw new Error("killed");
        };
        await expect(apply(api, folder)).rejects.toThrow("killed");
        api[moment] = () => undefined;
        if (at % 2 === 0) {
          await apply(api, folder);
          expect([at, written(api).replaceAll(/\b[ad]\d+\b/g, "id")]).toEqual([at, target]);
        }
        await undo(api, folder);
        expect([at, moment, written(api)]).toEqual([at, moment, before]);
      }
    }
  });

  test("a rollback killed at each single call is ended by the next", async () => {
    const original = simpleApi(kind, 2, parts);
    for (let at = 1; ; at += 1) {
      const api = new FakeApi(original);
      const before = written(api);
      await apply(api, folder);
      const from = api.calls.length;
      api.after = (_, count) => {
        if (count === from + at) throw new Error("killed");
      };
      const killed = await undo(api, folder).then(
        () => false,
        () => true,
      );
      api.after = () => undefined;
      await undo(api, folder);
      expect([at, written(api)]).toEqual([at, before]);
      if (!killed) break;
    }
  });
});

test("600 methods: one write each, and none by a second apply", async () => {
  const api = new FakeApi(simpleApi("rest", 600));
  await apply(api, folder);
  expect(api.calls.filter((call) => call === "setAuthorization")).toHaveLength(600);
  const { length } = api.calls;
  await apply(api, folder);
  expect(api.calls.slice(length)).toEqual(["load", "read", "find"]);
});

describe("somebody else at the same time", () => {
  test("a route that is added meanwhile is attached too, and rolled back to what it was", async () => {
    const api = new FakeApi(simpleApi("rest", 3));
    once(api, "setAuthorization", () => {
      api.state.routes = [...api.state.routes, route("GET /late")];
    });
    await apply(api, folder);
    expect(type(api, "GET /late")).toBe("CUSTOM");
    await undo(api, folder);
    expect(api.state.routes.map(({ authorization }) => authorization)).toEqual(
      Array(4).fill({ type: "NONE" }),
    );
    expect(api.state.authorizers).toEqual([]);
  });

  test("a route that is removed meanwhile does not stop the others", async () => {
    const api = new FakeApi(simpleApi("http", 3));
    once(api, "setAuthorization", () => {
      api.state.routes = api.state.routes.slice(1);
    });
    await apply(api, folder);
    expect(api.state.routes.map(({ authorization: { type } }) => type)).toEqual(["CUSTOM", "CUSTOM"]);
  });

  test("a route that somebody protects later keeps that through a rollback", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    api.setRoute("id of GET /items/0", { authorization: { type: "AWS_IAM" } });
    await undo(api, folder);
    expect(api.state.routes.map(({ authorization }) => authorization.type)).toEqual(["AWS_IAM", "NONE"]);
  });

  test("a route that is in no snapshot and asks the authorizer is not opened silently", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    const [ours] = api.state.authorizers;
    const late = route("GET /late", { type: "CUSTOM", authorizerId: ours?.id ?? "" });
    api.state.routes = [...api.state.routes, late];
    const before = written(api);
    await expect(undo(api, folder)).rejects.toThrow("GET /late: calls Sallyport");
    expect(written(api)).toBe(before);
    await undo(api, folder, true);
    expect(type(api, "GET /late")).toBe("NONE");
  });

  test("a stage that somebody deployed since gets a new deployment, not the old one", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    api.state.routes = [...api.state.routes, route("GET /late")];
    api.deployStage("prod", "release 2");
    await undo(api, folder);
    const [prod] = api.state.stages;
    expect(api.state.deployments.map(({ description }) => description)).toEqual([
      "by hand",
      "release 2",
      "sallyport rollback: as before attaching",
    ]);
    expect(api.live(prod as (typeof api.state.stages)[0])).toMatchObject({
      "GET /late": { type: "NONE" },
      "GET /items/0": { type: "NONE" },
    });
  });

  test("a stage that they deployed before our latest deployment does not go back to the first one either", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    api.deployStage("prod", "release 2");
    await apply(api, folder, { exclude: ["GET /items/1"] });
    const latest = api.state.deployments.at(-1);
    expect(latest?.description).toMatch(/^sallyport attach/);
    expect(api.state.stages[0]?.deploymentId).toBe(latest?.id);
    await undo(api, folder);
    const last = api.state.deployments.at(-1);
    expect(last?.description).toBe("sallyport rollback: as before attaching");
    expect(api.state.stages[0]?.deploymentId).toBe(last?.id);
  });

  test("their canary is not ended by a rollback", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    const canary = { deploymentId: api.addDeployment("release 2"), percent: 5 };
    api.state.stages = api.state.stages.map((one) => ({ ...one, canary }));
    const before = written(api);
    await expect(undo(api, folder)).rejects.toThrow("a canary that attaching did not create, with 5 %");
    expect(written(api)).toBe(before);
  });

  test("an authorizer that was there before is used, and stays with the routes that asked it", async () => {
    const ours = {
      ...{ id: "theirs", name: "sallyport", type: "REQUEST", functionArn: FUNCTION_ARN },
      ...{ ttlSeconds: 0, identitySources: [] },
    };
    const asks = { type: "CUSTOM", authorizerId: "theirs" } as const;
    const routes = [route("GET /by-code", asks), route("GET /open")];
    const api = new FakeApi(simpleApi("rest", 0, { authorizers: [ours], routes }));
    const before = written(api);
    await apply(api, folder);
    expect(api.state.routes.map(({ authorization }) => authorization)).toEqual([asks, asks]);
    api.state.routes = [...api.state.routes, route("GET /new", asks)];
    await undo(api, folder);
    expect(type(api, "GET /new")).toBe("CUSTOM");
    api.state.routes = api.state.routes.slice(0, 2);
    expect(written(api)).toBe(before);
  });

  test("a later apply takes in new routes, and rollback keeps them on the air", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    api.state.routes = [...api.state.routes, route("GET /late")];
    await apply(api, folder);
    await undo(api, folder);
    const [prod] = api.state.stages;
    expect(Object.keys(api.live(prod as (typeof api.state.stages)[0]))).toContain("GET /late");
    expect(type(api, "GET /late")).toBe("NONE");
  });

  test("of two who apply at once, one gets an error", async () => {
    const api = new FakeApi(simpleApi("rest", 2));
    once(api, "save", () => {
      api.records.set(api.state.id, { updatedAt: "another" } as never);
    });
    await expect(apply(api, folder)).rejects.toThrow("somebody else has written the record");
    expect(api.writes).toBe(1);
  });
});

test("a canary takes a share, then all of the traffic", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  const before = written(api);
  await apply(api, folder, { canaryPercent: 10 });
  expect(api.state.stages).toMatchObject([{ deploymentId: "d0", canary: { percent: 10 } }]);
  const { writes } = api;
  await apply(api, folder, { canaryPercent: 10 });
  expect(api.writes).toBe(writes);
  const canary = api.state.stages[0]?.canary?.deploymentId;
  await apply(api, folder);
  expect(api.state.stages[0]).toMatchObject({ deploymentId: canary });
  expect(api.state.stages[0]?.canary).toBeUndefined();
  await undo(api, folder);
  expect(written(api)).toBe(before);
});

test("the mode of each stage goes from monitoring to segments to all, without a deployment", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  await apply(api, folder);
  const mode = () => api.state.stages[0]?.variables.sallyport_enforce;
  expect(mode()).toBe("none");
  const { deployments } = api.state;
  await apply(api, folder, { enforce: ["billing", "admin"] });
  expect(mode()).toBe("admin,billing");
  await apply(api, folder);
  expect(mode()).toBe("admin,billing");
  await apply(api, folder, { enforce: "all" });
  expect(mode()).toBe("all");
  expect(api.state.deployments).toEqual(deployments);
});

test("a route that is excluded later goes back to what it was", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  await apply(api, folder);
  await apply(api, folder, { exclude: ["GET /items/0"] });
  expect(api.state.routes.map(({ authorization }) => authorization.type)).toEqual(["NONE", "CUSTOM"]);
});

test("an authorizer that cannot be asked stops the run before any route", async () => {
  const api = new FakeApi(simpleApi("rest", 2));
  api.after = (call) => {
    if (call === "grant") api.statements.clear();
  };
  await expect(apply(api, folder)).rejects.toThrow("API Gateway cannot invoke the authorizer");
  expect(api.calls).not.toContain("setAuthorization");
  await undo(api, folder);
  expect(api.state).toEqual(new FakeApi(simpleApi("rest", 2)).state);
});

describe("the snapshot file", () => {
  const path = () => join(folder, "snapshot.json");
  const attached = async (): Promise<FakeApi> => {
    const api = new FakeApi(simpleApi("rest", 2));
    await apply(api, folder);
    return api;
  };

  test("is its owner's alone, is never written over while attached, and is kept", async () => {
    const api = await attached();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    const taken = JSON.parse(await readFile(path(), "utf8")).attachment.snapshot;
    await apply(api, folder, { enforce: "all" });
    expect(JSON.parse(await readFile(path(), "utf8")).attachment.snapshot).toEqual(taken);
    await undo(api, folder);
    expect(JSON.parse(await readFile(path(), "utf8")).rolledBackAt).toBeDefined();
  });

  test.each([
    ["edited", (text: string) => text.replace('"NONE"', '"AWS_IAM"'), "was edited or is damaged"],
    ["cut short", (text: string) => text.slice(0, 200), "or is truncated"],
    ["of something else", () => '{"name":"package"}', "is not a snapshot"],
  ])("is refused if it is %s", async (_, change, says) => {
    const api = await attached();
    await writeFile(path(), change(await readFile(path(), "utf8")));
    const before = written(api);
    await expect(undo(api, folder)).rejects.toThrow(says);
    expect(written(api)).toBe(before);
  });

  test("of another API is refused", async () => {
    const other = new FakeApi({ ...simpleApi("rest", 2), name: "x" } as ApiState);
    await attached();
    const text = await readFile(path(), "utf8");
    const { attachment } = JSON.parse(text);
    expect(attachment.address.apiId).toBe(other.state.id);
    const { openRecord } = await import("../../../cli/attach/record.ts");
    const address = { ...attachment.address, apiId: "zzz" };
    const place = { address, path: path(), store: undefined, now: Date.now };
    await expect(openRecord(place, other.state as ApiState)).rejects.toThrow("is of the API abc123def4");
  });

  test("of another moment than the table's stops everything", async () => {
    const api = await attached();
    const text = await readFile(path(), "utf8");
    await undo(api, folder);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await apply(api, folder);
    await writeFile(path(), text);
    await expect(undo(api, folder)).rejects.toThrow(
      /hold different snapshots.+the table's is of .+the file's of/,
    );
  });

  test("that the table does not know stops everything", async () => {
    const api = await attached();
    const text = await readFile(path(), "utf8");
    await undo(api, folder);
    api.setRoute("id of GET /items/0", { authorization: { type: "AWS_IAM" } });
    await writeFile(path(), text);
    await expect(apply(api, folder)).rejects.toThrow("not in the table or the API");
  });

  test("replaces the record of a table that lost it", async () => {
    const api = await attached();
    api.records.clear();
    await undo(api, folder);
    expect(api.state.authorizers).toEqual([]);
  });
});

test("a stage is not moved by an old reading: a canary that somebody began meanwhile stays", async () => {
  const api = new FakeApi(simpleApi("rest", 3));
  let now = 0;
  api.before = (call) => {
    if (call !== "setAuthorization") return;
    now += 6000;
    api.state.deployments = [
      ...api.state.deployments.filter(({ id }) => id !== "theirs"),
      { id: "theirs", description: "release" },
    ];
    api.state.stages = api.state.stages.map((one) => ({
      ...one,
      canary: { deploymentId: "theirs", percent: 5 },
    }));
  };
  await expect(apply(api, folder, {}, () => now)).rejects.toThrow("a canary that attaching did not create");
  expect(api.state.stages[0]?.canary?.deploymentId).toBe("theirs");
  expect(api.state.stages[0]?.deploymentId).toBe("d0");
});

test("a rollback that has to deploy publishes nothing that others opened and did not deploy", async () => {
  const api = new FakeApi(simpleApi("rest", 3));
  await apply(api, folder);
  api.setRoute("id of GET /items/0", { authorization: { type: "AWS_IAM" } });
  api.deployStage("prod", "release");
  api.setRoute("id of GET /items/0", { authorization: { type: "NONE" } });
  await expect(undo(api, folder)).rejects.toThrow(
    "GET /items/0: protected in the present deployment of the stage prod",
  );
  api.setRoute("id of GET /items/0", { authorization: { type: "AWS_IAM" } });
  await undo(api, folder);
  const [prod] = api.state.stages;
  expect(prod?.deployedRoutes?.["GET /items/0"]?.type).toBe("AWS_IAM");
  expect(api.records.size).toBe(0);
});
