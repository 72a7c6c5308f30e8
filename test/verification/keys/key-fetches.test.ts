import { generateKeyPairSync } from "node:crypto";
import type { IssuerSettings } from "../../../contract/settings.ts";
import { parseKeySet } from "../../../verification/keys/key-set.ts";
import { createIssuerKeys, type IssuerKeysOptions } from "../../../verification/keys/key-sets.ts";

const ISSUER = "https://issuer.example";
const START = 1_790_000_000_000;
const jwk = (kid: string) => ({
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid,
});
const [A, B, C] = [jwk("a"), jwk("b"), jwk("c")];
const setOf = (...keys: object[]) => new TextEncoder().encode(JSON.stringify({ keys }));

interface Fetch {
  readonly resolve: (...keys: object[]) => Promise<void>;
  readonly reject: (why: string) => Promise<void>;
}

/** Keys whose fetches the test answers, under a clock of the test's. */
function issuerKeys(settings: Partial<IssuerSettings> = {}, options: Partial<IssuerKeysOptions> = {}) {
  const state = { now: START, fetches: [] as Fetch[], failures: [] as [string, boolean][] };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const keys = createIssuerKeys(
    { preset: "oidc", issuer: ISSUER, audience: ["api"], jwksUri: `${ISSUER}/keys`, ...settings },
    {
      fetchDocument: () =>
        new Promise((resolve, reject) => {
          state.fetches.push({
            resolve: async (...sent) => {
              resolve(setOf(...sent));
              await settle();
            },
            reject: async (why) => {
              reject(new Error(why));
              await settle();
            },
          });
        }),
      onFailure: (issuer, error, expected) => {
        expect(issuer).toBe(ISSUER);
        state.failures.push([(error as Error).message, expected]);
      },
      now: () => state.now,
      random: () => 0.5,
      ...options,
    },
  );
  /** Starts something, and lets it come as far as it can. */
  const begin = async <T>(start: () => Promise<T>) => {
    const promise = start();
    await settle();
    return { result: promise };
  };
  const fetch = (index: number): Fetch => {
    const known = state.fetches[index];
    if (known === undefined) throw new Error(`there is no fetch ${index}`);
    return known;
  };
  const load = async (...sent: object[]) => {
    const { result } = await begin(keys.prepare);
    await fetch(state.fetches.length - 1).resolve(...sent);
    await result;
  };
  return { keys, state, begin, fetch, load };
}

describe("a failed fetch is reported", () => {
  test("with what was wrong, and as unexpected", async () => {
    const { state, load } = issuerKeys();
    await load();
    expect(state.failures).toEqual([["the key set holds no usable key", false]]);
  });

  test("as expected where keys are optional and there never were any", async () => {
    const { state, load } = issuerKeys({}, { keysOptional: true });
    await load();
    expect(state.failures).toEqual([["the key set holds no usable key", true]]);
  });

  test("as unexpected where keys are optional but there were some", async () => {
    const { state, load } = issuerKeys({}, { keysOptional: true });
    await load(A);
    await load();
    expect(state.failures).toEqual([["the key set holds no usable key", false]]);
  });
});

test("a set without a usable key is reported with what is wrong with each", async () => {
  const { state, load } = issuerKeys();
  await load({ ...A, use: "enc" }, { kty: "oct", k: "AA" });
  expect(state.failures).toEqual([
    [
      "the key set holds no usable key: a is not for signatures; a key without kid has the private member k",
      false,
    ],
  ]);
});

test("keys that are left out are reported once for as long as they stay the same", async () => {
  const onLeftOut = jest.fn();
  const { load } = issuerKeys({}, { onLeftOut });
  await load(A, { ...B, use: "enc" });
  await load(A, { ...B, use: "enc" });
  expect(onLeftOut.mock.calls).toEqual([[ISSUER, "b is not for signatures"]]);
  await load(A, B);
  await load(A, { ...C, use: "enc" });
  expect(onLeftOut.mock.calls.slice(1)).toEqual([[ISSUER, "c is not for signatures"]]);
});

test("a key that verified tokens is reported once when it is gone, an unused one never", async () => {
  const onKeyLost = jest.fn();
  const { keys, load } = issuerKeys({}, { onKeyLost });
  await load(A, B);
  await keys.find("a", "ES256");
  await load(A, B);
  expect(onKeyLost).not.toHaveBeenCalled();
  await load(C);
  await load(C);
  expect(onKeyLost.mock.calls).toEqual([[ISSUER, "a"]]);
});

describe("a fetch may take 3.5 seconds", () => {
  test.each([
    [3500, [["socket hang up", false]]],
    [3501, []],
  ])("one that fails after %d ms counts, or was frozen", async (passed, failures) => {
    const { keys, state, begin, fetch } = issuerKeys();
    const { result } = await begin(keys.prepare);
    state.now += passed;
    await fetch(0).reject("socket hang up");
    await result;
    expect(state.failures).toEqual(failures);
  });

  test.each([
    [3500, 1],
    [3501, 2],
  ])("after %d ms another request shares it, or starts a new one", async (passed, fetches) => {
    const { keys, state, begin } = issuerKeys();
    await begin(keys.prepare);
    state.now += passed;
    await begin(keys.prepare);
    expect(state.fetches).toHaveLength(fetches);
  });
});

describe("a fetch that another one replaced", () => {
  test("does not change the keys when it ends at last", async () => {
    const { keys, state, begin, fetch } = issuerKeys();
    await begin(keys.prepare);
    state.now += 10_000;
    await begin(keys.prepare);
    await fetch(1).resolve(A);
    await fetch(0).resolve(B);
    expect(await keys.find("a", "ES256")).toMatchObject({ kid: "a" });
    expect(state.failures).toEqual([]);
  });

  test("does not hide the newer one, which the next request shares", async () => {
    const { keys, state, begin, fetch } = issuerKeys();
    await begin(keys.prepare);
    state.now += 10_000;
    const { result } = await begin(keys.prepare);
    await fetch(0).resolve(B);
    const { result: shared } = await begin(() => keys.find("a", "ES256"));
    expect(state.fetches).toHaveLength(2);
    await fetch(1).resolve(A);
    await result;
    expect(await shared).toMatchObject({ kid: "a" });
  });
});

test("a refresh starts ahead of the refresh time by a share that differs between environments", async () => {
  const { keys, state, begin, load } = issuerKeys({ keyRefresh: 1000 });
  await load(A);
  state.now += 649_999;
  await begin(() => keys.find("a", "ES256"));
  expect(state.fetches).toHaveLength(1);
  state.now += 1;
  await begin(() => keys.find("a", "ES256"));
  expect(state.fetches).toHaveLength(2);
});

test("keys are past their time from the very second on", async () => {
  const { keys, state, load } = issuerKeys({ keyRefresh: 100 });
  await load(A);
  const a = await keys.find("a", "ES256");
  if ("denied" in a) throw new Error("no key");
  state.now += 99_999;
  expect(keys.trusts(a)).toBe(true);
  state.now += 1;
  expect(keys.trusts(a)).toBe(false);
});

test("a token that means no one key, or another algorithm than its key's, is denied for that", async () => {
  const { keys, load } = issuerKeys();
  await load(A, B);
  expect(await keys.find(undefined, "ES256")).toEqual({ denied: "token-key-ambiguous" });
  expect(await keys.find("a", "RS256")).toEqual({ denied: "token-algorithm-not-allowed" });
});

describe("an unknown key id", () => {
  test("that comes right after the first keys is fetched for", async () => {
    const { keys, begin, fetch } = issuerKeys();
    const { result: first } = await begin(() => keys.find("x", "ES256"));
    await fetch(0).resolve(A);
    expect(await first).toEqual({ denied: "token-key-unknown" });
    const { result: second } = await begin(() => keys.find("c", "ES256"));
    await fetch(1).resolve(A, C);
    expect(await second).toMatchObject({ kid: "c" });
  });

  test("waits for a fetch that is under way, although the last one was moments ago", async () => {
    const { keys, state, begin, fetch, load } = issuerKeys();
    await load(A);
    const { result: unknown } = await begin(() => keys.find("x", "ES256"));
    await fetch(1).resolve(A);
    expect(await unknown).toEqual({ denied: "token-key-unknown" });
    await begin(keys.prepare);
    const { result } = await begin(() => keys.find("c", "ES256"));
    expect(state.fetches).toHaveLength(3);
    await fetch(2).resolve(A, C);
    expect(await result).toMatchObject({ kid: "c" });
  });
});

test("a key set may have 256 KB and not one byte more", () => {
  const padded = (size: number) => {
    const set = JSON.stringify({ keys: [A] });
    return new TextEncoder().encode(set + " ".repeat(size - set.length));
  };
  expect(parseKeySet(padded(256 * 1024)).keys).toMatchObject([{ kid: "a" }]);
  expect(() => parseKeySet(padded(256 * 1024 + 1))).toThrow("the key set is larger than 256 KB");
});
