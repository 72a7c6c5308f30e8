import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { createReadProfile, createSaveProfile } from "../../../aws/dynamodb/profile-store.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { createSaveRisk } from "../../../aws/dynamodb/risk-writer.ts";
import { TABLE } from "../../../contract/table.ts";
import type { AccessObservation } from "../../../domain/event/access-observation.ts";
import type { ScoringRules } from "../../../domain/risk/assess.ts";
import type { SecurityFinding } from "../../../domain/risk/security-finding.ts";
import { type ScorerPorts, score } from "../../../lambda/scorer/score.ts";
import { startTable } from "../aws/dynalite.ts";
import { alice, scoring as defaults } from "../domain/accesses.ts";

const origin = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };

type Item = Record<string, AttributeValue>;

/**
 * All that later scoring depends on: the table's items, what was queued and taken, and the time.
 */
interface Snapshot {
  readonly items: readonly Item[];
  readonly queued: readonly SecurityFinding[];
  readonly hub: readonly (readonly [string, SecurityFinding])[];
  readonly imports: readonly SecurityFinding[];
  readonly clock: number;
}

/**
 * The scorer on a real table; what it queues goes to a list and, as Security Hub takes it, into a
 * map by id.
 */
export async function startWorld(scoring: ScoringRules = defaults) {
  const table = await startTable();
  const queued: SecurityFinding[] = [];
  const hub = new Map<string, SecurityFinding>();
  const imports: SecurityFinding[] = [];
  let clock = 0;
  let sabotage: (() => void) | undefined;
  /** Fails before or after a port has done its work, when its turn comes. */
  const step =
    <Input extends unknown[], Output>(work: (...input: Input) => Promise<Output>) =>
    async (...input: Input): Promise<Output> => {
      sabotage?.();
      const output = await work(...input);
      sabotage?.();
      return output;
    };
  const ports: ScorerPorts = {
    readProfile: step(createReadProfile(table.client, table.tableName)),
    saveProfile: step(createSaveProfile(table.client, table.tableName)),
    saveRisk: step(createSaveRisk(table.client, table.tableName)),
    queueFinding: step(async (finding: SecurityFinding) => {
      queued.push(finding);
      const known = hub.get(finding.Id);
      if (known !== undefined && finding.UpdatedAt <= known.UpdatedAt) return;
      hub.set(finding.Id, finding);
      imports.push(finding);
    }),
    now: () => clock,
    pause: async () => undefined,
    random: () => 1,
  };
  const items = async (): Promise<Item[]> =>
    (await table.client.send(new ScanCommand({ TableName: table.tableName, ConsistentRead: true }))).Items ??
    [];
  return {
    ports,
    queued,
    hub,
    imports,
    score: (access: AccessObservation) => {
      clock = Math.max(clock, access.at * 1000);
      return score(access, { ports, scoring, origin });
    },
    /**
     * From now on the `turn`-th moment before or after a port's work fails, once. Returns whether
     * it has come.
     */
    failAt: (turn: number) => {
      let count = 0;
      sabotage = () => {
        if (count++ === turn) throw new Error(`killed at ${turn}`);
      };
      return () => count > turn;
    },
    risk: async () => {
      const state = await createReadRiskState(table.client, table.tableName)({ user: alice }, clock / 1000);
      if (state.status !== "known") throw new Error(state.why);
      return state.user;
    },
    profile: async () =>
      (await createReadProfile(table.client, table.tableName)(alice, clock / 1000)).profile,
    snapshot: async (): Promise<Snapshot> => ({
      items: await items(),
      queued: [...queued],
      hub: [...hub],
      imports: [...imports],
      clock,
    }),
    /** Makes the world what it was when the snapshot was taken; nothing fails any more. */
    restore: async (past: Snapshot) => {
      sabotage = undefined;
      clock = past.clock;
      queued.splice(0, queued.length, ...past.queued);
      imports.splice(0, imports.length, ...past.imports);
      hub.clear();
      for (const [id, finding] of past.hub) hub.set(id, finding);
      const here = { TableName: table.tableName };
      const keyOf = (item: Item) => ({ pk: item[TABLE.partitionKey]!, sk: item[TABLE.sortKey]! });
      const kept = past.items.map((item) => JSON.stringify(keyOf(item)));
      for (const item of await items()) {
        const { pk, sk } = keyOf(item);
        if (kept.includes(JSON.stringify({ pk, sk }))) continue;
        const Key = { [TABLE.partitionKey]: pk, [TABLE.sortKey]: sk };
        await table.client.send(new DeleteItemCommand({ ...here, Key }));
      }
      for (const Item of past.items) await table.client.send(new PutItemCommand({ ...here, Item }));
    },
    close: table.close,
  };
}
