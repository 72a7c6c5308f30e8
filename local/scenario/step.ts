import type { Outcome, ReasonCode } from "../../domain/decision/reason.ts";
import type { RiskFactor, RiskScore } from "../../domain/risk/risk-state.ts";
import type { Origin, PersonaId } from "./persona.ts";

export type ApiKind = "rest" | "http";

/** A token with one fault; everything else about it is valid. */
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
  /** The persona's token from its last sign-in */
  "own" | "none" | Forgery;

/**
 * How a persona with a bound token proves possession. `proven`: by a new proof or by its own
 * certificate. `repeated`: by the proof of its last request. `another`: by another key or
 * certificate.
 */
export type Possession = "proven" | "none" | "repeated" | "another";

/** The expected response, and the expected decision in the event. */
export interface ExpectedAnswer {
  readonly status: number;
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  /** The identity that the backend must receive */
  readonly backendGets?: Readonly<Record<"userId" | "roles" | "deviceTrust", string>>;
  /** Members of the JSON body, exactly */
  readonly body?: Readonly<Record<string, string>>;
  /** Substrings of `WWW-Authenticate` */
  readonly challenge?: readonly string[];
}

interface Titled {
  readonly chapter: string;
  readonly name: string;
}

export interface RequestStep extends Titled {
  readonly kind: "request";
  readonly persona: PersonaId;
  readonly api: ApiKind;
  readonly method: string;
  readonly path: string;
  /** @default "own" */
  readonly token?: TokenChoice;
  /** No effect for a persona with bearer tokens. @default "proven" */
  readonly possession?: Possession;
  /** @default the persona's own place and browser */
  readonly from?: Origin;
  /** How many identical requests, each with the same expectation. @default 1 */
  readonly times?: number;
  readonly expect: ExpectedAnswer;
}

/** Waits until the scorer has saved exactly this score for a user. */
export interface ScoreStep extends Titled {
  readonly kind: "score";
  readonly persona: PersonaId;
  readonly expect: {
    readonly score: RiskScore;
    readonly factors: Readonly<Partial<Record<RiskFactor, number>>>;
  };
}

/** Waits until Security Hub has such a finding about a user; `none` checks once, at the end. */
export interface FindingStep extends Titled {
  readonly kind: "finding";
  readonly persona: PersonaId;
  readonly expect:
    | { readonly severity: "MEDIUM" | "HIGH"; readonly factors: readonly RiskFactor[] }
    | { readonly severity: "none" };
}

export interface ActStep extends Titled {
  readonly kind: "act";
  readonly persona: PersonaId;
  /**
   * `authenticate-again`: with several factors, in the same session. `end-session`: as a sign-out
   * elsewhere does.
   */
  readonly act: "authenticate-again" | "end-session";
}

/** Counts the events of all earlier requests: one each. */
export interface EventsStep extends Titled {
  readonly kind: "events";
}

/** Evaluates the events of all earlier requests again: each must get the same decision. */
export interface ReplayStep extends Titled {
  readonly kind: "replay";
}

export type Step = RequestStep | ScoreStep | FindingStep | ActStep | EventsStep | ReplayStep;

export interface StepResult {
  readonly step: Step;
  readonly index: number;
  readonly expected: string;
  readonly got: string;
  readonly matched: boolean;
  /** The differences in detail, if a step compares more than `got` shows */
  readonly differences?: readonly string[];
  /** Milliseconds */
  readonly took: number;
}
