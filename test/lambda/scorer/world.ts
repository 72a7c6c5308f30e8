import { createReadProfile, createSaveProfile } from "../../../aws/profile-store.ts";
import { createReadRiskState } from "../../../aws/risk-table.ts";
import { createSaveRisk } from "../../../aws/risk-writer.ts";
import type { AccessObservation } from "../../../domain/access-observation.ts";
import type { ScoringRules } from "../../../domain/assess.ts";
import type { SecurityFinding } from "../../../domain/security-finding.ts";
import { type ScorerPorts, score } from "../../../lambda/scorer/score.ts";
import { startTable } from "../../aws/dynalite.ts";
import { alice, scoring as defaults } from "../../domain/accesses.ts";

const origin = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };

/** The scorer on a real table; what it queues goes to a list and, as Security Hub takes it, into a map by id. */
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
  };
  return {
    ports,
    queued,
    hub,
    imports,
    score: (access: AccessObservation) => {
      clock = Math.max(clock, access.at * 1000);
      return score(access, { ports, scoring, origin });
    },
    /** From now on the `turn`-th moment before or after a port's work fails, once. Returns whether it has come. */
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
    close: table.close,
  };
}
