import type { UserId } from "../evidence/identity.ts";
import type { Restriction } from "../risk/risk-state.ts";
import type { EpochSeconds } from "../time.ts";

/** The subject of a restriction. */
export type RestrictedSubject =
  | { readonly kind: "user"; readonly user: UserId }
  | { readonly kind: "session"; readonly issuer: string; readonly sessionId: string }
  | { readonly kind: "device"; readonly deviceId: string };

/** The attributes of a restriction, each independent of the others. */
export const RESTRICTIONS = ["notBefore", "revokedAt", "quarantinedUntil"] as const;

export type RestrictionName = (typeof RESTRICTIONS)[number];

/**
 * Adds restrictions. Never lifts or weakens one: keeps the later `notBefore` and `quarantinedUntil`
 * and the earlier `revokedAt`. Resolves to the names of the attributes that were written; the
 * others existed already, as strict or stricter. Rejects for an item with another layout version,
 * which counts as a restriction.
 */
export type Restrict = (
  subject: RestrictedSubject,
  restriction: Omit<Restriction, "unreadable">,
) => Promise<readonly RestrictionName[]>;

/** Reads a subject's restrictions as the authorizer reads them; undefined: there is no item. */
export type ReadRestriction = (
  subject: RestrictedSubject,
  now: EpochSeconds,
) => Promise<Restriction | undefined>;

/** What a lift removes: restrictions by name, or all that are unreadable. */
export type Lifted = readonly RestrictionName[] | "unreadable";

/**
 * Lifts restrictions; restrictions that are not named stay. Resolves to the names of the removed
 * ones. Rejects for an item of another layout version, and if a restriction to lift has changed in
 * the meantime.
 */
export type LiftRestriction = (
  subject: RestrictedSubject,
  lifted: Lifted,
  now: EpochSeconds,
) => Promise<readonly string[]>;
