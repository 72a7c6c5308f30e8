/**
 * What the feed sends to the page. All of it is data to be shown as text; nothing is markup. Times
 * are epoch milliseconds, scores 0 to 100.
 */
export type PageMessage = AboutMessage | StepMessage | DecisionMessage | RiskMessage | FindingMessage;

export interface AboutMessage {
  readonly kind: "about";
  readonly apis: readonly { readonly name: string; readonly kind: "rest" | "http"; readonly url: string }[];
  readonly issuer: string;
  readonly timeZone: string;
  /** Lowest first */
  readonly thresholds: readonly ScoreMark[];
  readonly factors: readonly FactorLegend[];
}

/** A score above which something happens. */
export interface ScoreMark {
  readonly at: number;
  readonly means: string;
}

export interface FactorLegend {
  /** Also the class of the factor's colour, see factorStyles */
  readonly name: string;
  readonly label: string;
  /** What causes its points, in one sentence */
  readonly says: string;
}

export interface StepMessage {
  readonly kind: "step";
  readonly index: number;
  readonly chapter: string;
  readonly name: string;
  readonly status: "waiting" | "running" | "matched" | "differs";
  readonly expected: string;
  /** Empty until the step is over */
  readonly got: string;
}

export interface DecisionMessage {
  readonly kind: "decision";
  readonly id: string;
  readonly at: number;
  /** The subject, or `unverified` */
  readonly user: string;
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly outcome: "allow" | "step-up" | "deny";
  /** False: the request went through whatever the decision (monitor mode) */
  readonly enforced: boolean;
  readonly reasons: readonly { readonly code: string; readonly says: string }[];
  /** Milliseconds from receiving the request to the decision */
  readonly latency: number;
  /** City and country as far as known, else the address alone */
  readonly place: string;
  readonly address: string;
  readonly agent: string;
  readonly deviceTrust?: string;
  readonly score?: number;
}

export interface RiskMessage {
  readonly kind: "risk";
  /** Names the user across issuers */
  readonly key: string;
  readonly user: string;
  readonly score: number;
  /** In the order in which a bar shows them */
  readonly factors: readonly { readonly name: string; readonly label: string; readonly points: number }[];
  readonly at: number;
}

export interface FindingMessage {
  readonly kind: "finding";
  readonly id: string;
  readonly at: number;
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly user: string;
  readonly remediation: string;
  readonly techniques: readonly string[];
  readonly decisions: readonly string[];
}
