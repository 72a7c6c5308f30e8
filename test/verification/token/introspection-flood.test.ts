import { StatusError } from "../../../verification/keys/fetch-document.ts";
import { createIntrospection } from "../../../verification/token/introspection.ts";

const ENDPOINT = "https://issuer.example/introspect";

/**
 * An endpoint in memory, by whose answers a flood is counted; introspection.test.ts speaks to a
 * real one.
 */
function flooded(cacheSeconds = 30) {
  const state = { now: 1_800_000_000_000, asked: 0, limited: 0, failed: 0, says: {} as object | number };
  const introspect = createIntrospection(
    "https://issuer.example",
    { endpoint: ENDPOINT, clientId: "gateway", clientSecretArn: "arn", cacheSeconds },
    {
      fetchDocument: async (uri) => {
        state.asked += 1;
        const { says } = state;
        await new Promise(setImmediate);
        if (typeof says === "number") throw new StatusError(uri, says);
        return new TextEncoder().encode(JSON.stringify(says));
      },
      clientSecret: async () => "s3cret",
      onFailure: () => {
        state.failed += 1;
      },
      onLimited: () => {
        state.limited += 1;
      },
      now: () => state.now,
      random: () => 1,
    },
  );
  const ask = async (token: string) => {
    const said = await introspect(token);
    return "denied" in said ? said.denied : "good";
  };
  /** Asks about this many different tokens, one after the other, and counts what came of it. */
  const flood = async (name: string, tokens: number) => {
    const reasons: Record<string, number> = {};
    for (let index = 0; index < tokens; index += 1) {
      const reason = await ask(`${name}-${index}`);
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    return reasons;
  };
  return { ask, flood, state };
}

const active = (claims: object = {}) => ({ active: true, sub: "alice", ...claims });
const inactive = { active: false };

test("junk costs the issuer a bounded number of questions, and tokens that are known nothing", async () => {
  const { ask, flood, state } = flooded();
  state.says = active();
  expect(await ask("known")).toBe("good");
  state.says = inactive;
  expect(await flood("junk", 1000)).toEqual({
    "token-inactive": 20,
    "identity-provider-unavailable": 980,
  });
  expect(state).toMatchObject({ asked: 21, limited: 980, failed: 0 });
  expect(await ask("known")).toBe("good");
  expect(state.asked).toBe(21);
  state.now += 2000;
  expect(await flood("more", 1000)).toMatchObject({ "token-inactive": 10 });
});

test("a token that was good is asked about in the middle of a flood, a new one is not", async () => {
  const { ask, flood, state } = flooded();
  state.says = active();
  await ask("known");
  state.now += 31_000;
  state.says = inactive;
  await flood("junk", 100);
  state.says = active();
  expect(await ask("new")).toBe("identity-provider-unavailable");
  expect(await ask("known")).toBe("good");
  state.now += 200;
  expect(await ask("new")).toBe("good");
});

test("a token that was good and is no longer is one of the flood from then on", async () => {
  const { ask, state } = flooded(0);
  state.says = active();
  await ask("once-good");
  state.says = inactive;
  for (let index = 0; index < 30; index += 1) await ask("once-good");
  // The first answer that says so is on the house.
  expect(state).toMatchObject({ asked: 1 + 1 + 20, limited: 9 });
});

test("good tokens, however many, cost nothing of what junk is held to", async () => {
  const { flood, state } = flooded();
  state.says = active();
  expect(await flood("good", 500)).toEqual({ good: 500 });
  state.says = inactive;
  expect(await flood("junk", 100)).toMatchObject({ "token-inactive": 20 });
});

test.each<[string, object | number]>([
  ["that the endpoint stumbles over", 400],
  ["by which the endpoint breaks", 500],
  ["that refuses our client", 401],
  ["of one refresh token", active({ token_type: "refresh_token" })],
])("a flood %s is held to the same rate", async (_, says) => {
  const { ask, state } = flooded();
  state.says = says;
  for (let index = 0; index < 100; index += 1) await ask("same");
  expect([state.asked, state.limited]).toEqual([20, 80]);
});

test("no more than eight new tokens are asked about at once", async () => {
  const { ask, state } = flooded();
  state.says = active();
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(`token-${index}`)));
  expect(all).toEqual([...Array(8).fill("good"), ...Array(2).fill("identity-provider-unavailable")]);
  expect(state).toMatchObject({ asked: 8, limited: 2, failed: 0 });
  expect(await ask("token-9")).toBe("good");
});

test("no more than eight tokens that were good are asked about at once", async () => {
  const { ask, state } = flooded(0);
  state.says = active();
  const known = Array.from({ length: 10 }, (_, index) => `known-${index}`);
  for (const token of known) await ask(token);
  const all = await Promise.all(known.map(ask));
  expect(all).toEqual([...Array(8).fill("good"), ...Array(2).fill("identity-provider-unavailable")]);
  expect(state).toMatchObject({ asked: 18, limited: 2 });
});

test("a good answer about a token that was good lets no other token be asked about", async () => {
  const { ask, flood, state } = flooded(0);
  state.says = active();
  await ask("known");
  state.says = inactive;
  expect(await flood("junk", 100)).toMatchObject({ "token-inactive": 20 });
  state.says = active();
  await ask("known");
  state.says = inactive;
  expect(await flood("more", 100)).toEqual({ "identity-provider-unavailable": 100 });
});

test("a token that was good still counts as good after an answer that does not say", async () => {
  const { ask, flood, state } = flooded(0);
  state.says = active();
  await ask("known");
  state.says = 400;
  expect(await ask("known")).toBe("identity-provider-unavailable");
  state.says = inactive;
  await flood("junk", 100);
  state.says = active();
  expect(await ask("known")).toBe("good");
});

test("a token that was good is asked about while eight new ones are", async () => {
  const { ask, state } = flooded(0);
  state.says = active();
  await ask("known");
  const junk = Array.from({ length: 12 }, (_, index) => ask(`junk-${index}`));
  expect(await ask("known")).toBe("good");
  await Promise.all(junk);
  expect(state.limited).toBe(4);
});
