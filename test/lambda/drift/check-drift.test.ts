import type { ApiState } from "../../../domain/attach/api-state.ts";
import type { Attachment } from "../../../domain/attach/attachment.ts";
import type { DriftLedger } from "../../../domain/attach/drift-ledger.ts";
import type { SecurityFinding } from "../../../domain/risk/security-finding.ts";
import { checkDrift, type DriftPorts } from "../../../lambda/drift/check-drift.ts";
import { attachedApi, attachmentOf, NOW, route } from "../../support/attach/attached.ts";

const origin = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
const broken = (id: string) =>
  attachedApi({
    id,
    routes: [route("GET /orders", { authorization: { type: "NONE" } }), route("POST /orders")],
  });

/** A world of some attached APIs, with all that leaves it. */
function world(apis: readonly ApiState[]) {
  const state = {
    apis: new Map(apis.map((api) => [api.id, api])),
    attachments: apis.map((api) => attachmentOf(api)) as readonly Attachment[],
    ledgers: new Map<string, DriftLedger>(),
    sent: [] as SecurityFinding[],
    read: [] as string[],
    now: NOW,
    remaining: () => 900_000,
    failing: new Set<string>(),
  };
  const ports: DriftPorts = {
    listAttachments: async (onUnreadable) => {
      const isReadable = ({ address }: Attachment): boolean => !state.failing.has(`record ${address.apiId}`);
      for (const { address } of state.attachments.filter((one) => !isReadable(one)))
        onUnreadable(address, new Error("of another layout version"));
      return state.attachments.filter(isReadable);
    },
    readApi: async ({ address: { apiId } }) => {
      state.read.push(apiId);
      if (state.failing.has("read") || state.failing.has(apiId)) throw new Error("throttled");
      return state.apis.get(apiId);
    },
    listLedgers: async (onUnreadable) =>
      [...state.ledgers.values()].filter(({ address }) => {
        const isReadable = !state.failing.has(`ledger ${address.apiId}`);
        if (!isReadable) onUnreadable(address, new Error("of another layout version"));
        return isReadable;
      }),
    saveLedger: async (ledger, previous) => {
      if (state.failing.has("save")) throw new Error("table down");
      expect(state.ledgers.get(ledger.address.apiId)?.checkedAt).toBe(previous);
      state.ledgers.set(ledger.address.apiId, ledger);
    },
    removeLedger: async ({ apiId }) => void state.ledgers.delete(apiId),
    queueFinding: async (finding) => {
      if (state.failing.has("queue")) throw new Error("queue down");
      state.sent.push(finding);
    },
    now: () => state.now,
    remaining: () => state.remaining(),
    digest: (text) => Buffer.from(text).toString("base64url"),
  };
  const check = async () => {
    state.now += 3_600_000;
    state.sent = [];
    state.read = [];
    return checkDrift(origin, ports);
  };
  return { state, check };
}

const states = (sent: readonly SecurityFinding[]) => sent.map(({ RecordState }) => RecordState);

test("a broken route is found once, and its finding resolves itself when it is fixed", async () => {
  const { state, check } = world([broken("api1")]);
  expect(await check()).toMatchObject({ checked: [{ sent: 1 }], failed: [] });
  expect(state.sent).toMatchObject([
    { RecordState: "ACTIVE", ProductFields: { "sallyport/subject": "GET /orders" } },
  ]);
  await check();
  expect(state.sent).toEqual([]);
  state.apis.set("api1", attachedApi({ id: "api1" }));
  await check();
  expect(states(state.sent)).toEqual(["ARCHIVED"]);
  await check();
  expect(state.sent).toEqual([]);
});

test("an API that cannot be read keeps its findings, and the others are checked", async () => {
  const { state, check } = world([broken("api1"), broken("api2")]);
  await check();
  state.failing.add("api1");
  state.apis.set("api2", attachedApi({ id: "api2" }));
  expect(await check()).toMatchObject({ failed: [{ address: { apiId: "api1" } }] });
  expect(states(state.sent)).toEqual(["ARCHIVED"]);
  expect(state.ledgers.get("api1")?.open).toHaveLength(1);
});

test.each(["queue", "save"])("no finding is lost where the %s fails", async (what) => {
  const { state, check } = world([broken("api1")]);
  state.failing.add(what);
  expect(await check()).toMatchObject({ failed: [{ address: { apiId: "api1" } }] });
  expect(state.ledgers.size).toBe(0);
  state.failing.clear();
  await check();
  expect(states(state.sent)).toEqual(["ACTIVE"]);
});

test("while somebody attaches it again, nothing is over", async () => {
  const { state, check } = world([broken("api1")]);
  await check();
  const [attachment] = state.attachments;
  const updatedAt = new Date(state.now + 3_600_000).toISOString();
  state.attachments = [{ ...(attachment as Attachment), status: "applying", updatedAt }];
  await check();
  expect(state.sent).toEqual([]);
  expect(state.ledgers.get("api1")?.open).toHaveLength(1);
});

test("what could not be looked at is not over", async () => {
  const beside = attachedApi({ id: "api1", mutualTlsDomains: ["a.example"] });
  const { state, check } = world([beside]);
  await check();
  expect(states(state.sent)).toEqual(["ACTIVE"]);
  state.apis.set(
    "api1",
    attachedApi({ id: "api1", unread: [{ part: "mutual-tls-domains", why: "denied" }] }),
  );
  expect(await check()).toMatchObject({ checked: [{ unread: ["denied"] }] });
  expect(state.sent).toEqual([]);
  state.apis.set("api1", attachedApi({ id: "api1" }));
  await check();
  expect(states(state.sent)).toEqual(["ARCHIVED"]);
});

test("what is no longer attached is over, and forgotten", async () => {
  const { state, check } = world([broken("api1")]);
  await check();
  state.attachments = [];
  await check();
  expect(states(state.sent)).toEqual(["ARCHIVED"]);
  expect(state.ledgers.size).toBe(0);
});

test("APIs of other accounts and Regions are not read, and counted", async () => {
  const { state, check } = world([broken("api1")]);
  state.attachments = state.attachments.map((one) => ({
    ...one,
    address: { ...one.address, region: "us-east-1" },
  }));
  expect(await check()).toEqual({ checked: [], failed: [], postponed: 0, elsewhere: 1 });
});

test("where time runs out, those that were left are first the next time", async () => {
  const { state, check } = world([
    attachedApi({ id: "api1" }),
    attachedApi({ id: "api2" }),
    attachedApi({ id: "api3" }),
  ]);
  state.remaining = () => (state.read.length < 2 ? 900_000 : 1000);
  expect(await check()).toMatchObject({ postponed: 1 });
  expect(state.read).toEqual(["api1", "api2"]);
  await check();
  expect(state.read[0]).toBe("api3");
});

test("it rejects where the table is down: there is nothing to go by", async () => {
  const down = async () => Promise.reject(new Error("table down"));
  await expect(checkDrift(origin, { listAttachments: down, listLedgers: down } as never)).rejects.toThrow(
    "table down",
  );
});

test("a record that cannot be read hides no other API, and resolves nothing", async () => {
  const { state, check } = world([broken("api1"), broken("api2")]);
  await check();
  state.failing.add("record api1");
  state.apis.set("api2", attachedApi({ id: "api2" }));
  expect(await check()).toMatchObject({
    checked: [{ address: { apiId: "api2" } }],
    failed: [{ address: { apiId: "api1" } }],
  });
  expect(state.sent).toMatchObject([{ RecordState: "ARCHIVED", ProductFields: { "sallyport/api": "api2" } }]);
  expect([...state.ledgers.keys()]).toEqual(["api1", "api2"]);
});

test("a ledger that cannot be read hides no other API, and its own API is not reported again", async () => {
  const { state, check } = world([broken("api1"), broken("api2")]);
  await check();
  state.failing.add("ledger api1");
  expect(await check()).toMatchObject({
    checked: [{ address: { apiId: "api2" } }],
    failed: [{ address: { apiId: "api1" } }],
  });
  expect(state.sent).toEqual([]);
});
