import { factsOf, isReasonCode } from "../decision/reason.ts";
import type { Location } from "../evidence/access-request.ts";
import type { UserId } from "../evidence/identity.ts";
import type { Place } from "../risk/distance.ts";
import type { EpochMs, EpochSeconds } from "../time.ts";

/** The fields of one access by a verified user that the scorer needs. */
export interface AccessObservation {
  /** The decision id; equal ids mean the same access */
  readonly event: string;
  readonly user: UserId;
  readonly at: EpochSeconds;
  readonly path: string;
  /** Status of the gateway's response; absent for an allowed request */
  readonly status?: number;
  readonly userAgent?: string;
  readonly address?: string;
  /** Rounded to 0.01 degree, about a kilometre: no source of address locations is more precise */
  readonly place?: Place;
  readonly api?: ApiName;
}

/** The API that was called, as a finding names it. */
export interface ApiName {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
  readonly stage: string;
}

export type Observed =
  | { readonly status: "observed"; readonly access: AccessObservation }
  /** No verified user: a forged token must not change the score of the user it names */
  | { readonly status: "unattributed" }
  | { readonly status: "unreadable"; readonly why: string };

/**
 * Milliseconds by which an event may be ahead of the scorer's clock; an event further ahead is
 * rejected.
 */
export const CLOCK_TOLERANCE: EpochMs = 5 * 60_000;

/** Ids appear in findings and logs, so they have no spaces, separators or control characters. */
const EVENT_ID = /^[\w.:-]{1,36}$/;
/** UTF-8 bytes; a DynamoDB partition key may have 2,048, and this one has a prefix */
const LONGEST_USER = 2000;
const LONGEST_PATH = 2048;
const LONGEST_AGENT = 1024;
const LONGEST_ADDRESS = 45;

/**
 * Reads the detail of a bus event, which should be an `AccessEvent` but may be any value. Fields it
 * does not need may be missing, unknown or of any type; a place, agent or status of the wrong type
 * counts as absent. Does not check that the event follows OCSF, nor who sent it: the resource
 * policy of the bus does.
 */
export function observe(detail: unknown, now: EpochMs): Observed {
  const event = text(at(detail, "metadata", "uid"));
  const time = at(detail, "time");
  const klass = at(detail, "class_uid");
  if (klass !== undefined && klass !== 6003) return unreadable("class_uid must be 6003, API Activity");
  if (event === undefined || !EVENT_ID.test(event)) {
    return unreadable("metadata.uid must be 1 to 36 letters, digits or the characters . : _ -");
  }
  if (typeof time !== "number" || !Number.isFinite(time) || time < 1000) {
    return unreadable("time must be a number of milliseconds since 1970");
  }
  if (time > now + CLOCK_TOLERANCE) return unreadable("time is more than 5 minutes in the future");
  const kind = at(detail, "actor", "user", "type_id");
  if (kind === 0) return { status: "unattributed" };
  if (kind !== 1 && kind !== 4) return unreadable("actor.user.type_id must be one of 0, 1 and 4");
  const issuer = text(at(detail, "actor", "user", "domain"));
  const subject = text(at(detail, "actor", "user", "uid"));
  if (issuer === undefined || subject === undefined) {
    return unreadable("actor.user.domain and actor.user.uid must be non-empty strings");
  }
  if (new TextEncoder().encode(issuer + subject).length > LONGEST_USER) {
    return unreadable(`actor.user.domain and uid together must have at most ${LONGEST_USER} bytes`);
  }
  const path = text(at(detail, "http_request", "url", "path"));
  if (path === undefined) return unreadable("http_request.url.path must be a non-empty string");
  return {
    status: "observed",
    access: {
      event,
      user: { issuer, subject },
      at: Math.floor(time / 1000),
      path: path.slice(0, LONGEST_PATH),
      ...circumstances(detail),
    },
  };
}

/** Adds the place from a location database to an access whose event had none. */
export function placeAccess(access: AccessObservation, location: Location | undefined): AccessObservation {
  if (access.place !== undefined || location === undefined) return access;
  const place = readPlace(location.latitude, location.longitude);
  return place === undefined ? access : { ...access, place };
}

function circumstances(detail: unknown): Partial<AccessObservation> {
  const status = isOurFault(detail) ? undefined : at(detail, "http_response", "code");
  const userAgent = text(at(detail, "http_request", "user_agent"));
  const address = text(at(detail, "src_endpoint", "ip"));
  const located = at(detail, "src_endpoint", "location");
  const place = readPlace(at(located, "lat"), at(located, "long"));
  const api = readApi(detail);
  return {
    ...(typeof status === "number" && Number.isInteger(status) && { status }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, LONGEST_AGENT) }),
    ...(address !== undefined && address.length <= LONGEST_ADDRESS && { address }),
    ...(place !== undefined && { place }),
    ...(api !== undefined && { api }),
  };
}

/**
 * A denial caused by a fault of Sallyport, such as an unavailable table, says nothing about the
 * user.
 */
function isOurFault(detail: unknown): boolean {
  const reason = at(detail, "status_code");
  return isReasonCode(reason) && factsOf(reason).status >= 500;
}

function readPlace(latitude: unknown, longitude: unknown): Place | undefined {
  if (typeof latitude !== "number" || typeof longitude !== "number") return undefined;
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return undefined;
  return { latitude: hundredths(latitude), longitude: hundredths(longitude) };
}

function readApi(detail: unknown): ApiName | undefined {
  const [accountId, region, apiId, stage] = [
    at(detail, "cloud", "account", "uid"),
    at(detail, "cloud", "region"),
    at(detail, "api", "service", "uid"),
    at(detail, "unmapped", "sallyport", "stage"),
  ].map((value) => text(value)?.slice(0, 128));
  if (!accountId || !region || !apiId || !stage) return undefined;
  return { accountId, region, apiId, stage };
}

/** Reads own properties only, so that `constructor` in a detail does not find Object's. */
function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.length > 0 ? value : undefined;
// Adding 0 turns -0 into 0, which would otherwise be another place.
const hundredths = (degrees: number): number => Math.round(degrees * 100) / 100 + 0;
const unreadable = (why: string): Observed => ({ status: "unreadable", why });
