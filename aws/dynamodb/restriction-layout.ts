import {
  devicePartition,
  ITEM,
  sessionPartition,
  TABLE,
  type TableKey,
  userPartition,
} from "../../contract/table.ts";
import {
  RESTRICTIONS,
  type RestrictedSubject,
  type RestrictionName,
} from "../../domain/response/restrict.ts";
import type { Restriction } from "../../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { REGISTRATION_ATTRIBUTES } from "./device-layout.ts";
import { type Item, isReadable, optionalNumber } from "./stored-item.ts";

const YEAR = 366 * 86_400;

/** Seconds from now above which an attribute cannot be a time; milliseconds are always above it. */
export const FARTHEST: Readonly<Record<RestrictionName, number>> = {
  notBefore: YEAR,
  revokedAt: YEAR,
  quarantinedUntil: 100 * YEAR,
};

export function restrictionKey(subject: RestrictedSubject): TableKey {
  return { pk: partitionOf(subject), sk: ITEM.access };
}

function partitionOf(subject: RestrictedSubject): string {
  switch (subject.kind) {
    case "user":
      return userPartition(subject.user);
    case "session":
      return sessionPartition(subject.issuer, subject.sessionId);
    case "device":
      return devicePartition(subject.deviceId);
  }
}

/**
 * Reads an ACCESS item. Never throws: `unreadable` names attributes that cannot be read, and each
 * counts as a restriction.
 *
 * An unknown attribute may be a misspelt restriction, so it is unreadable too. An expiry lifts
 * nothing: DynamoDB may remove the item, but while the item exists, each attribute counts by its
 * own time.
 */
export function readRestriction(item: Item, now: EpochSeconds): Restriction {
  const known: readonly string[] = item.pk?.S?.startsWith(devicePartition(""))
    ? DEVICE_ATTRIBUTES
    : ATTRIBUTES;
  const unreadable = Object.keys(item).filter((name) => !known.includes(name));
  if (!isLayoutReadable(item)) unreadable.push("v");
  const moments: Partial<Record<RestrictionName, EpochSeconds>> = {};
  for (const name of RESTRICTIONS) {
    if (item[name] === undefined) continue;
    const moment = readMoment(item, name, now);
    if (moment === undefined) unreadable.push(name);
    else moments[name] = moment;
  }
  return { ...moments, ...(unreadable.length > 0 && { unreadable: unreadable.toSorted() }) };
}

const ATTRIBUTES: readonly string[] = [
  TABLE.partitionKey,
  TABLE.sortKey,
  TABLE.timeToLive,
  "v",
  ...RESTRICTIONS,
];
const DEVICE_ATTRIBUTES: readonly string[] = [...ATTRIBUTES, ...REGISTRATION_ATTRIBUTES];

function isLayoutReadable(item: Item): boolean {
  try {
    return isReadable("access", item);
  } catch {
    return false;
  }
}

function readMoment(item: Item, name: RestrictionName, now: EpochSeconds): EpochSeconds | undefined {
  try {
    const value = optionalNumber(item, name);
    return value !== undefined && value >= 0 && value <= now + FARTHEST[name] ? value : undefined;
  } catch {
    return undefined;
  }
}
