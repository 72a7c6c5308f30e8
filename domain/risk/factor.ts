import type { Digest } from "../digest.ts";
import type { AccessObservation } from "../event/access-observation.ts";
import type { EpochSeconds, LocalTime } from "../time.ts";
import type { SettingsOf } from "./factor-setting.ts";
import type { LayoutOf } from "./part-layout.ts";

/** Inputs with which a factor records an access. */
export interface Recording<Rules> {
  readonly rules: Rules;
  /** How long points are held, in seconds */
  readonly hold: number;
  /** The user's newest access, including this one; a factor drops what no later access can need */
  readonly newest: EpochSeconds;
  /** Wall clock of the access in the time zone of the deployment */
  readonly local: LocalTime;
  readonly digest: Digest;
}

/** The time in which a cause gives points: (`at` − `hold`, `at`]. */
export interface HoldTime {
  readonly at: EpochSeconds;
  /** Seconds */
  readonly hold: number;
}

/** Why a factor has points, for a finding. */
export interface Cause {
  /** A phrase such as "access to sensitive data" */
  readonly says: string;
  readonly at?: EpochSeconds;
  /** Decision ids */
  readonly events: readonly string[];
}

/** A mistake in the rules that concerns several fields. */
export interface RulesProblem {
  /** Below `risk.rules`: the name of a factor, one of its fields, or `hold` */
  readonly path: string;
  readonly found: unknown;
  readonly accepted: string;
}

/** Description of a factor in the docs and on the page. */
export interface FactorText {
  /** The points that an access can cause, such as "30" or "5, 15, 25" */
  readonly points: string;
  /** Which access causes them, as the end of a sentence that begins "An access" */
  readonly access: string;
}

/**
 * One factor of the score, defined in one file of `factors/` and listed in `factor-pack.ts`.
 *
 * Pure. What it records must not depend on the order or number of arrivals, except for tolerances
 * that docs/risk-score.md states.
 */
export interface FactorDefinition<Name extends string = string, Rules = unknown, Part = unknown> {
  /** Its name in the configuration, in risk items, events, logs and findings */
  readonly name: Name;
  /**
   * The name of its part in the stored profile, and in narrow tables: one short word. Changes only
   * with `layout`
   */
  readonly key: string;
  /** Its name for people */
  readonly label: string;
  /** CSS colours of its part of a bar, on a light and on a dark background */
  readonly colour: { readonly light: string; readonly dark: string };
  /** ATT&CK techniques that look like this. @see https://attack.mitre.org/techniques/enterprise/ */
  readonly techniques: readonly string[];
  /** A finding type of the AWS Security Finding Format */
  readonly findingType: string;
  /** The defaults of all factors together give at most 100 points */
  readonly defaults: Rules;
  readonly settings: SettingsOf<Rules>;
  readonly layout: LayoutOf<Part>;
  describe(rules: Rules): FactorText;
  /** The most points that it can give */
  mostPoints(rules: Rules): number;
  /** Finds fields that are valid alone and contradict each other; absent: there are none */
  problems?(rules: Rules, hold: number): readonly RulesProblem[];
  /**
   * Adds one access to the part; `undefined`: nothing is stored. A known access changes nothing.
   */
  record(part: Part | undefined, access: AccessObservation, recording: Recording<Rules>): Part | undefined;
  /** The most points that accesses within the hold time caused. */
  points(part: Part, rules: Rules, held: HoldTime): number;
  /** Describes what gave the points, as far as it is still known. */
  cause(part: Part | undefined, rules: Rules): Cause;
}

/** Whether the points of a cause still count. */
export const isHeld = (cause: EpochSeconds | undefined, { at, hold }: HoldTime): boolean =>
  cause !== undefined && cause > at - hold;
