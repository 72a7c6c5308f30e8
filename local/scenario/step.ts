import type { Outcome, ReasonCode } from "../../domain/decision/reason.ts";
import type { RiskFactor, RiskScore } from "../../domain/risk/risk-state.ts";
import type { Origin, PersonaId } from "./persona.ts";

export type ApiKind = "rest" | "http";

/** A token that is wrong in one way; everything else about it is right. */
export type Forgery =
  | "foreign-key"
  | "unknown-key-id"
  | "expired"
  | "wrong-audience"
  | "wrong-issuer"
  | "alg-none"
  | "symmetric"
  | "tampered-payload"
  | "truncated";

export type TokenChoice =
  /** What the persona got when it last signed in */
  "own" | "none" | Forgery;

/**
 * How a persona whose token is bound to a key or a certificate shows that it holds it. `proven`: as it should, by a fresh proof
 * or by its own certificate. `repeated`: by the proof of its last request. `another`: by somebody else's key or certificate.
 */
export type Possession = "proven" | "none" | "repeated" | "another";

/** What a request is to be answered with, and what the decision's event is to say. */
export interface ExpectedAnswer {
  readonly status: number;
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  /** What the backend must have been told of the caller */
  readonly backendTold?: Readonly<Record<"userId" | "roles" | "deviceTrust", string>>;
  /** Members of the JSON body, exactly */
  readonly body?: Readonly<Record<string, string>>;
  /** Parts of `WWW-Authenticate` */
  readonly challenge?: readonly string[];
}

interface Told {
  readonly chapter: string;
  readonly name: string;
}

export interface RequestStep extends Told {
  readonly kind: "request";
  readonly persona: PersonaId;
  readonly api: ApiKind;
  readonly method: string;
  readonly path: string;
  /** @default "own" */
  readonly token?: TokenChoice;
  /** Of no meaning for a persona whose token is bound to nothing. @default "proven" */
  readonly possession?: Possession;
  /** @default the persona's own place and browser */
  readonly from?: Origin;
  /** How many such requests, each to be answered alike. @default 1 */
  readonly times?: number;
  readonly expect: ExpectedAnswer;
}

/** Waits until the scorer has saved exactly this of a user. */
export interface ScoreStep extends Told {
  readonly kind: "score";
  readonly persona: PersonaId;
  readonly expect: {
    readonly score: RiskScore;
    readonly factors: Readonly<Partial<Record<RiskFactor, number>>>;
  };
}

/** Waits until Security Hub holds such a finding about a user; `none` looks once, when all else is over. */
export interface FindingStep extends Told {
  readonly kind: "finding";
  readonly persona: PersonaId;
  readonly expect:
    | { readonly severity: "MEDIUM" | "HIGH"; readonly factors: readonly RiskFactor[] }
    | { readonly severity: "none" };
}

export interface ActStep extends Told {
  readonly kind: "act";
  readonly persona: PersonaId;
  /** `authenticate-again`: with several factors, in the same session. `end-session`: as a sign-out elsewhere does. */
  readonly act: "authenticate-again" | "end-session";
}

/** Counts the events of all requests before it: one each. */
export interface EventsStep extends Told {
  readonly kind: "events";
}

/** Asks the policies about the events of all requests before it again: the same decision for each. */
export interface ReplayStep extends Told {
  readonly kind: "replay";
}

export type Step = RequestStep | ScoreStep | FindingStep | ActStep | EventsStep | ReplayStep;

export interface StepResult {
  readonly step: Step;
  readonly index: number;
  readonly expected: string;
  readonly got: string;
  readonly matched: boolean;
  /** What exactly is not as expected, where a step looks at more than `got` tells */
  readonly differences?: readonly string[];
  /** Milliseconds */
  readonly took: number;
}
