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
  /** The gateway's request id, which identifies the decision's event */
  readonly requestId: string;
}

/** The findings in Security Hub about a user. */
export interface SeenFinding {
  readonly id: string;
  readonly severity: string;
  readonly factors: readonly RiskFactor[];
}

/** Everything that the scenario can do and observe: the gateway and the stack's output. */
export interface World {
  readonly send: (request: SentRequest) => Promise<Answer>;
  /** The events about a request, once there is one; empty if none came in time */
  readonly eventsOf: (requestId: string) => Promise<readonly AccessEvent[]>;
  readonly riskOf: (persona: PersonaId) => Promise<UserRisk | undefined>;
  readonly findingsOf: (persona: PersonaId) => readonly SeenFinding[];
  /** The deployment's policies, ready to evaluate */
  readonly policies: () => { readonly ask: AskPolicies; readonly digest: Digest };
  readonly authenticateAgain: (persona: PersonaId) => Promise<void>;
  readonly endSession: (persona: PersonaId) => Promise<void>;
  /** Reads until the value is accepted or the time is up, and resolves to the last value. */
  readonly until: <T>(read: () => T | Promise<T>, accept: (value: T) => boolean) => Promise<T>;
}
