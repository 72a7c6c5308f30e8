import fc from "fast-check";
import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import { access, alice, CITIES, MORNING } from "../../support/domain/accesses.ts";
import { oraclePoints } from "../../support/domain/score-oracle.ts";
import { startWorld } from "../../support/scorer/world.ts";

const NIGHT = MORNING + 13 * 3600;
const theft = (at = NIGHT): AccessObservation[] => [
  access({ at, place: CITIES.frankfurt, userAgent: "home" }),
  access({ at: at + 300, place: CITIES.singapore, userAgent: "home" }),
  access({ at: at + 310, place: CITIES.singapore, userAgent: `other-${at}` }),
  access({ at: at + 320, place: CITIES.singapore, userAgent: `other-${at}`, path: "/api/admin" }),
];

type World = Awaited<ReturnType<typeof startWorld>>;
let world: World;
let open: World[] = [];
/** A world that is closed after the test, however it ends. */
const start = async (): Promise<World> => {
  const started = await startWorld();
  open.push(started);
  return started;
};
beforeEach(async () => {
  world = await start();
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

test("a theft ends in risk that the authorizer reads and one finding, updated once", async () => {
  for (const one of theft()) await world.score(one);
  expect(await world.risk()).toMatchObject({ score: 75, updatedAt: NIGHT + 320, elevatedAt: NIGHT + 320 });
  expect(world.queued.map(({ Severity }) => Severity)).toEqual([
    { Label: "MEDIUM", Original: "55" },
    { Label: "HIGH", Original: "75" },
  ]);
  expect(world.hub.size).toBe(1);
  expect((await world.profile())?.episode).toMatchObject({ sent: true, score: 75 });
});

test("the same accesses again change neither risk nor findings, and the score call says so", async () => {
  const accesses = theft();
  for (const one of accesses) await world.score(one);
  const [risk, profile] = [await world.risk(), await world.profile()];
  for (const one of accesses) expect((await world.score(one)).findings).toEqual([]);
  expect(await world.risk()).toEqual(risk);
  expect(await world.profile()).toEqual(profile);
});

describe("killed at any step and tried again", () => {
  // A theft, a quiet day that ends the episode, and another theft.
  const history = [...theft(), access({ at: NIGHT + 12 * 3600 }), ...theft(NIGHT + 24 * 3600)];

  const outcome = async () => ({
    risk: await world.risk(),
    profile: await world.profile(),
    imports: [...world.imports],
  });

  /** The world before each access, and its outcome when nothing is killed. */
  async function undisturbed(accesses: readonly AccessObservation[]) {
    const befores: Awaited<ReturnType<World["snapshot"]>>[] = [];
    for (const one of accesses) {
      befores.push(await world.snapshot());
      await world.score(one);
    }
    return { befores, expected: await outcome() };
  }

  /**
   * Plays the rest of the accesses once for every moment at which one can be killed, from just
   * before that one.
   */
  async function killEach(
    accesses: readonly AccessObservation[],
    befores: Awaited<ReturnType<typeof undisturbed>>["befores"],
    onKill: (access: AccessObservation) => Promise<unknown>,
    after: (moment: string) => Promise<void>,
  ): Promise<void> {
    let kills = 0;
    for (const [index, before] of befores.entries()) {
      for (let turn = 0; ; turn++) {
        await world.restore(before);
        const [killed, ...rest] = accesses.slice(index) as [AccessObservation, ...AccessObservation[]];
        const hasCome = world.failAt(turn);
        const failed = await world.score(killed).then(
          () => false,
          () => true,
        );
        expect(failed).toBe(hasCome());
        if (!failed) break;
        kills += 1;
        await onKill(killed);
        for (const one of rest) await world.score(one);
        await after(`access ${index}, moment ${turn}`);
      }
    }
    // Nine accesses with at least three steps each, each killed before and after its work.
    expect(kills).toBeGreaterThan(9 * 3 * 2);
  }

  test("nothing is lost, nothing twice: the very same findings reach Security Hub", async () => {
    const { befores, expected } = await undisturbed(history);
    expect(expected.imports).toHaveLength(4);
    await killEach(
      history,
      befores,
      (killed) => world.score(killed),
      async (moment) => expect({ moment, ...(await outcome()) }).toEqual({ moment, ...expected }),
    );
  });

  test("an access that is never tried again leaves no saved announcement unsent", async () => {
    // The last access of the history has no next one but this, which alone is tried again.
    const last = access({ at: NIGHT + 24 * 3600 + 321 });
    const accesses = [...history, last];
    const { befores } = await undisturbed(accesses);
    let pending: { start: number; score: number } | undefined;
    let unsent = 0;
    await killEach(
      accesses,
      befores,
      async (killed) => {
        const episode = (await world.profile())?.episode;
        pending = killed !== last && episode?.sent === false ? episode : undefined;
        if (killed === last) await world.score(last);
      },
      async () => {
        if (pending === undefined) return;
        unsent += 1;
        const announced = [...world.hub.values()].find(({ Id }) => Id.endsWith(`/${pending?.start}`));
        expect(Number(announced?.Severity.Original)).toBeGreaterThanOrEqual(pending.score);
      },
    );
    expect(unsent).toBeGreaterThan(10);
  });
});

test("a finding that could not be sent is sent before another episode takes its place", async () => {
  const first = theft();
  for (const one of first.slice(0, 3)) await world.score(one);
  const { queueFinding } = world.ports;
  Object.assign(world.ports, { queueFinding: () => Promise.reject(new Error("queue is down")) });
  await expect(world.score(first[3] as AccessObservation)).rejects.toThrow("queue is down");
  // The risk is written all the same: the authorizer does not wait for a queue.
  expect(await world.risk()).toMatchObject({ score: 75 });
  await expect(world.score(access({ at: NIGHT + 7200 * 4 }))).rejects.toThrow("queue is down");
  Object.assign(world.ports, { queueFinding });
  for (const one of theft(NIGHT + 24 * 3600)) await world.score(one);
  expect([...world.hub.values()].map(({ Severity }) => Severity.Label)).toEqual(["HIGH", "HIGH"]);
});

test("accesses that are scored at the same time all count", async () => {
  const at = NIGHT;
  const burst = [
    ...Array.from({ length: 11 }, (_, index) => access({ at: at + index, status: 403, userAgent: "a" })),
    access({ at, place: CITIES.frankfurt, userAgent: "a" }),
    access({ at: at + 60, place: CITIES.singapore, userAgent: "b", path: "/api/export" }),
  ];
  let left = burst;
  while (left.length > 0) {
    const results = await Promise.allSettled(left.map((one) => world.score(one)));
    left = left.filter((_, index) => results[index]?.status === "rejected");
  }
  expect((await world.risk())?.factors).toMatchObject(oraclePoints(burst));
  expect((await world.risk())?.score).toBe(100);
  expect(world.hub.size).toBe(1);
  expect([...world.hub.values()][0]?.Severity.Original).toBe("100");
});

test("a profile that others keep changing is given up, so that Lambda tries again later", async () => {
  let reads = 0;
  const { readProfile } = world.ports;
  Object.assign(world.ports, {
    readProfile: async (...input: Parameters<typeof readProfile>) => {
      reads += 1;
      return { ...(await readProfile(...input)), version: 99 };
    },
  });
  await expect(world.score(access())).rejects.toThrow("changed by others");
  expect(reads).toBe(8);
  expect(await world.risk()).toBeUndefined();
});

test("a place is looked up only where the event has none", async () => {
  const asked: string[] = [];
  const locate = (address: string) => {
    asked.push(address);
    return address === "198.51.100.1"
      ? { country: "SG", latitude: 1.35, longitude: 103.82 }
      : { country: "DE" };
  };
  Object.assign(world.ports, { locate });
  await world.score(access({ at: MORNING, place: CITIES.frankfurt, address: "192.0.2.1" }));
  await world.score(access({ at: MORNING + 5, address: "192.0.2.9" }));
  await world.score(access({ at: MORNING + 6 }));
  expect((await world.risk())?.score).toBe(0);
  await world.score(access({ at: MORNING + 10, address: "198.51.100.1" }));
  expect(asked).toEqual(["192.0.2.9", "198.51.100.1"]);
  expect((await world.risk())?.factors.impossibleTravel).toBe(30);
});

test("users do not touch each other, nor the same subject of two issuers", async () => {
  for (const one of theft()) await world.score(one);
  const namesake = { ...alice, issuer: "https://other.example.com" };
  const { assessment } = await world.score(access({ at: NIGHT + 400, user: namesake, userAgent: "third" }));
  expect(assessment.risk.score).toBe(15);
  expect((await world.risk())?.score).toBe(75);
});

test("any arrival order ends in the same saved risk", async () => {
  const accesses = theft();
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(accesses, { minLength: accesses.length }), async (arrived) => {
      const trial = await start();
      for (const one of arrived) await trial.score(one);
      const risk = await trial.risk();
      expect(risk?.factors).toMatchObject(oraclePoints(accesses));
    }),
    { numRuns: 10 },
  );
});
