import fc from "fast-check";
import { createRestrict } from "../../../aws/dynamodb/access-writer.ts";
import { createDeviceRegistry } from "../../../aws/dynamodb/device-registry.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { createSaveRisk } from "../../../aws/dynamodb/risk-writer.ts";
import type { RestrictedSubject } from "../../../domain/response/restrict.ts";
import type { KnownRisk } from "../../../domain/risk/risk-state.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { goldenWrites, replay } from "../../support/aws/golden-items.ts";
import { access, assessAll } from "../../support/domain/accesses.ts";

const T = 1_790_000_000;
const USER = { issuer: "https://id.example.com", subject: "alice" };
const keyOf = (name: string) => ({ method: "dpop" as const, thumbprint: name.padStart(43, "k") });
const user: RestrictedSubject = { kind: "user", user: USER };
const session: RestrictedSubject = { kind: "session", issuer: USER.issuer, sessionId: "session-1" };
const device = (deviceId: string): RestrictedSubject => ({ kind: "device", deviceId });
const before = goldenWrites("0.1.0");

type Table = Awaited<ReturnType<typeof startTable>>;
type Fact = (state: { readonly of7: KnownRisk; readonly of8: KnownRisk }) => boolean;

interface Step {
  readonly name: string;
  readonly run: (table: Table) => Promise<unknown>;
  /** What must hold from then on; absent: the step restricts nothing */
  readonly holds?: Fact;
}

const atLeast = (value: number | undefined, least: number) => value !== undefined && value >= least;
const atMost = (value: number | undefined, most: number) => value !== undefined && value <= most;
const isRetired = ({ retiredKeys = [] }: KnownRisk, name: string) =>
  retiredKeys.includes(keyOf(name).thumbprint);

const FACTS: Readonly<Record<string, Fact>> = {
  "revoke user": ({ of7 }) => atLeast(of7.userRestriction?.notBefore, T - 60),
  "quarantine user": ({ of7 }) => atLeast(of7.userRestriction?.quarantinedUntil, T + 3600),
  "revoke session": ({ of7 }) => atMost(of7.sessionRestriction?.revokedAt, T - 50),
  "quarantine session": ({ of7 }) => atLeast(of7.sessionRestriction?.quarantinedUntil, T + 3600),
  "quarantine device": ({ of7 }) => atLeast(of7.deviceRestriction?.quarantinedUntil, T + 3600),
  "revoke device": ({ of7 }) => atMost(of7.deviceRestriction?.revokedAt, T - 40),
  "retire key": ({ of7 }) => isRetired(of7, "d"),
};

/** What 0.1.0 did, sent to the table once more. */
const before010: readonly Step[] = Object.entries(before)
  .filter(([name]) => !/ledger|attachment|proof|nonce/.test(name))
  .map(([name, writes]) => ({
    name: `0.1.0: ${name}`,
    run: ({ client }) => replay(client, writes),
    ...(FACTS[name] !== undefined && { holds: FACTS[name] }),
  }));

const restrictStep = (
  name: string,
  subject: RestrictedSubject,
  restriction: Parameters<ReturnType<typeof createRestrict>>[1],
  holds: Fact,
): Step => ({
  name,
  run: ({ client, tableName }) => createRestrict(client, tableName)(subject, restriction),
  holds,
});
const registryStep = (
  name: string,
  act: (registry: ReturnType<typeof createDeviceRegistry>) => Promise<unknown>,
  holds?: Fact,
): Step => ({
  name,
  run: ({ client, tableName }) => act(createDeviceRegistry(client, tableName)),
  ...(holds !== undefined && { holds }),
});
const enrolled = { owner: USER, keys: [keyOf("c")], enrolledAt: T - 500 };

/**
 * What this version does. Its moments are weaker than those of 0.1.0, which overwrote moments
 * without looking.
 */
const now: readonly Step[] = [
  restrictStep("revoke user", user, { notBefore: T - 90 }, ({ of7 }) =>
    atLeast(of7.userRestriction?.notBefore, T - 90),
  ),
  restrictStep("quarantine user", user, { quarantinedUntil: T + 9 }, ({ of7 }) =>
    atLeast(of7.userRestriction?.quarantinedUntil, T + 9),
  ),
  restrictStep("revoke session", session, { revokedAt: T - 10 }, ({ of7 }) =>
    atMost(of7.sessionRestriction?.revokedAt, T - 10),
  ),
  restrictStep("quarantine device", device("laptop-7"), { quarantinedUntil: T + 9 }, ({ of7 }) =>
    atLeast(of7.deviceRestriction?.quarantinedUntil, T + 9),
  ),
  restrictStep("revoke another device", device("laptop-8"), { revokedAt: T - 10 }, ({ of8 }) =>
    atMost(of8.deviceRestriction?.revokedAt, T - 10),
  ),
  registryStep("enrol device", ({ enrol }) => enrol("laptop-7", { ...enrolled, keys: [keyOf("e")] })),
  registryStep("enrol another", ({ enrol }) => enrol("laptop-8", enrolled)),
  registryStep("attest key", ({ attest }) => attest("laptop-8", keyOf("b"), "replace")),
  registryStep(
    "retire key",
    ({ retire }) => retire(`key:${keyOf("c").thumbprint}`, T - 5),
    ({ of8 }) => isRetired(of8, "c"),
  ),
  {
    name: "save risk",
    run: ({ client, tableName }) =>
      createSaveRisk(client, tableName)({ ...assessAll([access()]), user: USER }, 9, T),
  },
];

async function stateOf({ client, tableName }: Table, deviceId: string): Promise<KnownRisk> {
  const keys = ["a", "b", "c", "d"].map((name) => keyOf(name).thumbprint);
  const state = await createReadRiskState(client, tableName)(
    { user: USER, sessionId: "session-1", deviceId, keys },
    T,
  );
  if (state.status !== "known") throw new Error(state.why);
  return state;
}

test("any interleaving of writes by 0.1.0 and by this version keeps each restriction", async () => {
  const steps = fc.array(fc.constantFrom(...before010, ...now), { minLength: 2, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const table = await startTable();
      try {
        const facts = new Map<string, Fact>();
        for (const step of sequence) {
          await step.run(table);
          if (step.holds !== undefined) facts.set(step.name, step.holds);
          const state = { of7: await stateOf(table, "laptop-7"), of8: await stateOf(table, "laptop-8") };
          for (const [name, holds] of facts) {
            if (!holds(state)) throw new Error(`${step.name} lifted what ${name} had restricted`);
          }
        }
      } finally {
        await table.close();
      }
    }),
    { numRuns: 60 },
  );
});

test("a device that either version retired stays retired, whichever version enrols it again", async () => {
  const registry: Step["run"][] = [...before010, ...now]
    .filter(({ name }) => /enrol another|attest|posture/.test(name))
    .map(({ run }) => run);
  const retire: Step["run"][] = [
    ({ client }) => replay(client, before["retire another"] ?? []),
    ({ client, tableName }) => createDeviceRegistry(client, tableName).retire("laptop-8", T - 7),
  ];
  for (const [at, retireBy] of retire.entries()) {
    const table = await startTable();
    // 0.1.0 retires only what it enrolled itself.
    await (at === 0 ? replay(table.client, before["enrol another"] ?? []) : now[6]?.run(table));
    await retireBy(table);
    for (const step of registry) {
      await step(table);
      expect((await stateOf(table, "laptop-8")).device?.retiredAt).toBeDefined();
    }
    await table.close();
  }
});
