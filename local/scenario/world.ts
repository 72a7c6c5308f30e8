import type { Digest } from "../../domain/decision/digest.ts";
import type { AskPolicies } from "../../domain/decision/policy-question.ts";
import type { AccessEvent } from "../../domain/event/access-event.ts";
import type { RiskFactor, UserRisk } from "../../domain/risk/risk-state.ts";
import type { Origin, PersonaId } from "./persona.ts";
import type { ApiKind, Possession, TokenChoice } from "./step.ts";

export interface SentRequest {
  readonly persona: PersonaId;
  readonly api: ApiKind;
  readonly method: string;
  readonly path: string;
  readonly token: TokenChoice;
  readonly possession: Possession;
  readonly from: Origin;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The gateway's id for the request, by which the decision's event is found */
  readonly requestId: string;
}

/** What Security Hub holds about a user. */
export interface SeenFinding {
  readonly id: string;
  readonly severity: string;
  readonly factors: readonly RiskFactor[];
}

/** All that the scenario can do and see: the front door, and what the stack behind it shows to the outside. */
export interface World {
  readonly send: (request: SentRequest) => Promise<Answer>;
  /** The events about a request, once there is one; empty when none came in time */
  readonly eventsOf: (requestId: string) => Promise<readonly AccessEvent[]>;
  readonly riskOf: (persona: PersonaId) => Promise<UserRisk | undefined>;
  readonly findingsOf: (persona: PersonaId) => readonly SeenFinding[];
  /** The policies of the deployment, ready to be asked */
  readonly policies: () => { readonly ask: AskPolicies; readonly digest: Digest };
  readonly authenticateAgain: (persona: PersonaId) => Promise<void>;
  readonly endSession: (persona: PersonaId) => Promise<void>;
  /** Reads until the value is accepted or the time is up, and resolves to what was read last. */
  readonly until: <T>(read: () => T | Promise<T>, accept: (value: T) => boolean) => Promise<T>;
}
