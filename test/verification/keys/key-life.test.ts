import { generateKeyPairSync } from "node:crypto";
import type { IssuerSettings } from "../../../contract/settings.ts";
import { createFetchDocument, type FetchDocument } from "../../../verification/keys/fetch-document.ts";
import { createIssuerKeys, REFRESH_WAIT_MS } from "../../../verification/keys/key-sets.ts";
import { startKeyServer } from "../../support/verification/key-server.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse("2026-11-21T12:00:00Z");
const jwk = (kid: string) => ({
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid,
});
const [A, B, ANOTHER_A] = [jwk("a"), jwk("b"), jwk("a")];

let server: Awaited<ReturnType<typeof startKeyServer>>;
beforeAll(async () => {
  server = await startKeyServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.answers.clear();
  server.asked.length = 0;
  server.answers.set("/keys", { keys: [A, B] });
});

/** Keys of an issuer over TLS, under a clock of the test's. */
function issuerKeys(
  settings: Partial<IssuerSettings> = {},
  through?: (fetch: FetchDocument) => FetchDocument,
  random = 1,
  // A busy machine answers late; what is waited for ought to come.
  refreshWait = 10_000,
) {
  const state = { now: START, failures: [] as unknown[], staleUses: 0 };
  const fetchDocument = createFetchDocument({}, server.ca);
  const keys = createIssuerKeys(
    { preset: "oidc", issuer: server.url, audience: ["api"], jwksUri: `${server.url}/keys`, ...settings },
    {
      fetchDocument: through?.(fetchDocument) ?? fetchDocument,
      onFailure: (_, error) => state.failures.push(error),
      onStaleUse: () => {
        state.staleUses += 1;
      },
      now: () => state.now,
      random: () => random,
      refreshWait,
    },
  );
  const find = async (kid: string) => {
    const found = await keys.find(kid, "ES256");
    return "denied" in found ? found.denied : found;
  };
  const found = async (kid: string) => {
    const key = await find(kid);
    if (typeof key === "string") throw new Error(`no key: ${key}`);
    return key;
  };
  return { keys, state, find, found };
}

describe("fresh keys", () => {
  test("are fetched once, ahead of the first token, and then held", async () => {
    const { keys, find } = issuerKeys();
    await keys.prepare();
    for (let use = 0; use < 50; use++) expect(await find("a")).toMatchObject({ kid: "a" });
    expect(server.asked).toEqual(["/keys"]);
  });

  test("are refreshed ahead of their time by a request that does not wait", async () => {
    const { keys, state, found, find } = issuerKeys();
    const a = await found("a");
    server.answers.set("/keys", { keys: [B] });
    state.now += 8 * MINUTE;
    expect(keys.trusts(a)).toBe(true);
    await keys.settled();
    expect(server.asked).toHaveLength(1);
    state.now += 3 * MINUTE;
    expect(keys.trusts(a)).toBe(true);
    await keys.settled();
    expect(server.asked).toHaveLength(2);
    // The removed key is out, for remembered tokens too.
    expect(keys.trusts(a)).toBe(false);
    expect(await find("a")).toBe("token-key-unknown");
    expect(state.staleUses).toBe(0);
  });

  test("are waited for by a request that comes past their time, so that a removed key never outlives it", async () => {
    const { keys, state, found, find } = issuerKeys();
    const a = await found("a");
    server.answers.set("/keys", { keys: [B] });
    state.now += 3 * HOUR;
    expect(keys.trusts(a)).toBe(false);
    expect(await find("a")).toBe("token-key-unknown");
    expect(state.staleUses).toBe(0);
  });

  test("stay the same objects if they did not change, and are replaced if they did", async () => {
    const { keys, state, found } = issuerKeys();
    const [a, b] = [await found("a"), await found("b")];
    server.answers.set("/keys", { keys: [ANOTHER_A, B] });
    state.now += HOUR;
    expect(await found("b")).toBe(b);
    expect(keys.trusts(b)).toBe(true);
    expect(keys.trusts(a)).toBe(false);
    expect((await found("a")).key.equals(a.key)).toBe(false);
  });

  test("count by the time when their fetch began, and a clock that was set back does not make them young", async () => {
    const { keys, state, found } = issuerKeys({ keyRefresh: 100 });
    const a = await found("a");
    state.now -= 10 * HOUR;
    expect(keys.trusts(a)).toBe(false);
    await found("a");
    expect(server.asked).toHaveLength(2);
  });
});

describe("while the issuer is down", () => {
  test.each<[string, Parameters<typeof server.answers.set>[1]]>([
    ["an error", 503],
    ["an empty set", { keys: [] }],
    ["a set without a usable key", { keys: [{ kty: "oct", k: "AA", kid: "a" }] }],
    ["a page", "<html>"],
    ["a redirect", (response) => void response.writeHead(302, { location: "/other" }).end()],
    [
      "a cut answer",
      (response) =>
        void response.writeHead(200, { "content-length": 99 }).write("{", () => response.destroy()),
    ],
    ["more than 256 KB", (response) => void response.end(Buffer.alloc(300_000, 32))],
  ])("known keys go on past %s, each use is reported, and they end in time", async (_, answer) => {
    const { keys, state, found, find } = issuerKeys({ keysStaleFor: 7200 });
    const a = await found("a");
    server.answers.set("/keys", answer);
    state.now += 10.6 * MINUTE;
    expect(keys.trusts(a)).toBe(true);
    await keys.settled();
    expect(state.failures).toHaveLength(1);
    // Failing, but not past the time.
    expect(state.staleUses).toBe(0);
    state.now += 5 * MINUTE;
    // The failure is old: the issuer may be well again, so that the first one asks and waits a
    // moment.
    expect(keys.trusts(a)).toBe(false);
    expect(await find("a")).toBe(a);
    expect(state.failures).toHaveLength(2);
    expect(keys.trusts(a)).toBe(true);
    expect(state.staleUses).toBe(2);
    await keys.settled();
    state.now += 2 * HOUR;
    expect(keys.trusts(a)).toBe(false);
    expect(await find("a")).toBe("identity-provider-unavailable");
    server.answers.set("/keys", { keys: [A] });
    state.now += MINUTE;
    expect(await find("a")).toBe(a);
    expect(state.staleUses).toBe(2);
  });

  test("a key that is withdrawn after a failure is out once the issuer is well again, after any time without a request", async () => {
    const { keys, state, found, find } = issuerKeys();
    const [a, b] = [await found("a"), await found("b")];
    server.answers.set("/keys", 503);
    state.now += 11 * MINUTE;
    expect(keys.trusts(a)).toBe(true);
    await keys.settled();
    expect(state.failures).toHaveLength(1);
    server.answers.set("/keys", { keys: [B] });
    state.now += 20 * HOUR;
    expect(keys.trusts(a)).toBe(false);
    expect(await find("a")).toBe("token-key-unknown");
    expect(keys.trusts(b)).toBe(true);
    expect(state.staleUses).toBe(0);
  });

  test("a request waits for a silent issuer a moment only, and the next ones not at all", async () => {
    const { keys, state, found, find } = issuerKeys({}, undefined, 1, REFRESH_WAIT_MS);
    const a = await found("a");
    server.answers.set("/keys", "silent");
    state.now += HOUR;
    expect(await find("a")).toBe(a);
    // The fetch is still under way.
    expect(state.failures).toHaveLength(0);
    await keys.settled();
    expect(String(state.failures[0])).toContain("no complete response within 1500 ms");
    expect(keys.trusts(a)).toBe(true);
    expect(state.staleUses).toBe(2);
  });

  test("a key id that is not known may be a new one, and the answer says that this is uncertain", async () => {
    const { keys, state, find } = issuerKeys();
    await keys.prepare();
    server.answers.set("/keys", 500);
    expect(await find("c")).toBe("identity-provider-unavailable");
    state.now += 11_000;
    server.answers.set("/keys", { keys: [A, B] });
    expect(await find("c")).toBe("token-key-unknown");
  });

  test.each([
    [1, [0, 250, 750, 1750, 3750, 7750, 15_750, 28_250, 40_750, 53_250]],
    // However it is spread, never more often than every ten seconds in the end.
    [0, [0, 200, 600, 1400, 3000, 6200, 12_600, 22_600, 32_600, 42_600, 52_600]],
  ])("an issuer whose keys are unknown is asked ever less often (%d)", async (random, moments) => {
    const { state, find } = issuerKeys({}, undefined, random);
    server.answers.set("/keys", 500);
    const asked: number[] = [];
    for (let passed = 0; passed <= 60_000; passed += 50) {
      state.now = START + passed;
      const before = server.asked.length;
      await find(`key-${passed}`);
      if (server.asked.length > before) asked.push(passed);
    }
    expect(asked).toEqual(moments);
  });
});

describe("key ids that are not known", () => {
  test("cost one fetch for ten seconds, and find a key that was added", async () => {
    const { keys, state, find } = issuerKeys();
    await keys.prepare();
    for (let attempt = 0; attempt < 100; attempt++)
      expect(await find(`x${attempt}`)).toBe("token-key-unknown");
    expect(server.asked).toHaveLength(2);
    server.answers.set("/keys", { keys: [A, B, jwk("c")] });
    state.now += 9_999;
    expect(await find("c")).toBe("token-key-unknown");
    state.now += 1;
    expect(await find("c")).toMatchObject({ kid: "c" });
    expect(server.asked).toHaveLength(3);
  });

  test("are answered by one fetch when they come at once", async () => {
    const { find } = issuerKeys();
    const all = await Promise.all(["a", "b", "x", "y", "a"].map(find));
    expect(all).toMatchObject([
      { kid: "a" },
      { kid: "b" },
      "token-key-unknown",
      "token-key-unknown",
      { kid: "a" },
    ]);
    expect(server.asked).toHaveLength(1);
  });
});

describe("a freeze", () => {
  /** A first fetch that never ends, as after hours in a frozen environment. */
  const lost = (settle: { reject?: (error: Error) => void }) => (fetch: FetchDocument) => {
    let first = true;
    return (uri: string) => {
      if (!first) return fetch(uri);
      first = false;
      return new Promise<Uint8Array>((_, reject) => {
        settle.reject = reject;
      });
    };
  };

  test("in a fetch at init does not deny the first request after it", async () => {
    const settle: { reject?: (error: Error) => void } = {};
    const { keys, state, find } = issuerKeys({}, lost(settle));
    void keys.prepare();
    await Promise.resolve();
    state.now += HOUR;
    expect(await find("a")).toMatchObject({ kid: "a" });
    // The lost one ends late; it neither counts as a failure nor takes anything away.
    settle.reject?.(new Error("socket hang up"));
    await keys.settled();
    expect(state.failures).toEqual([]);
    expect(await find("a")).toMatchObject({ kid: "a" });
    expect(server.asked).toHaveLength(1);
  });

  test("that ends before its fetch is given up is no fault of the issuer", async () => {
    const settle: { reject?: (error: Error) => void } = {};
    const { keys, state, find } = issuerKeys({}, lost(settle));
    const prepared = keys.prepare();
    await Promise.resolve();
    state.now += HOUR;
    settle.reject?.(new Error("no whole answer"));
    await prepared;
    expect(state.failures).toEqual([]);
    expect(await find("a")).toMatchObject({ kid: "a" });
  });
});
