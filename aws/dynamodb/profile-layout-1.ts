import type { Moment } from "../../domain/risk/moment.ts";
import { MOMENT_LAYOUT } from "../../domain/risk/moment.ts";
import { DEGREES, type LayoutOf, SECONDS, TEXT } from "../../domain/risk/part-layout.ts";
import type { Profile, ProfileParts } from "../../domain/risk/profile.ts";
import { unpackPart } from "./profile-layout.ts";

/**
 * What Sallyport 0.1.0 kept of a user, all in one run of bytes. Never changes: such items live for
 * 90 days.
 */
interface Profile1 {
  readonly at: number;
  readonly failures: readonly { readonly at: number; readonly mark: string }[];
  readonly agents: readonly { readonly fingerprint: string; readonly first: number; readonly last: number }[];
  readonly lastFailure?: Moment;
  readonly newAgent?: Moment;
  readonly unusual?: Moment;
  readonly sensitive?: Moment;
  readonly stays: readonly {
    readonly latitude: number;
    readonly longitude: number;
    readonly first: number;
    readonly last: number;
    readonly event: string;
  }[];
  readonly settled?: {
    readonly at: number;
    readonly from: string;
    readonly to: string;
    readonly kilometres: number;
    readonly seconds: number;
  };
}

const MOMENT = { kind: "optional", of: MOMENT_LAYOUT } as const;

const LAYOUT: LayoutOf<Profile1> = {
  kind: "record",
  fields: {
    at: SECONDS,
    failures: { kind: "list", of: { kind: "record", fields: { at: SECONDS, mark: TEXT } } },
    agents: {
      kind: "list",
      of: { kind: "record", fields: { fingerprint: TEXT, first: SECONDS, last: SECONDS } },
    },
    lastFailure: MOMENT,
    newAgent: MOMENT,
    unusual: MOMENT,
    sensitive: MOMENT,
    stays: {
      kind: "list",
      of: {
        kind: "record",
        fields: { latitude: DEGREES, longitude: DEGREES, first: SECONDS, last: SECONDS, event: TEXT },
      },
    },
    settled: {
      kind: "optional",
      of: {
        kind: "record",
        fields: {
          at: SECONDS,
          from: TEXT,
          to: TEXT,
          kilometres: { kind: "whole", bytes: 2 },
          seconds: { kind: "whole", bytes: 4 },
        },
      },
    },
  },
};

/** The order in which 0.1.0 stored an episode's points. */
export const FACTORS_1 = [
  "impossibleTravel",
  "unusualTime",
  "failedAttempts",
  "sensitiveDataAccess",
  "anomalousBehavior",
] as const;

/** Unpacks the parts of layout version 1. Throws for bytes that are too short or too long. */
export function unpackProfile1(bytes: Uint8Array): Pick<Profile, "at" | "parts"> {
  const profile = unpackPart(LAYOUT, bytes, "profile") as Profile1;
  const { at, failures, agents, lastFailure, newAgent, unusual, sensitive, stays, settled } = profile;
  const parts: ProfileParts = {
    ...((stays.length > 0 || settled !== undefined) && {
      impossibleTravel: { stays, ...(settled !== undefined && { settled }) },
    }),
    ...(unusual !== undefined && { unusualTime: unusual }),
    ...(lastFailure !== undefined && { failedAttempts: { failures, last: lastFailure } }),
    ...(sensitive !== undefined && { sensitiveDataAccess: sensitive }),
    ...(agents.length > 0 && {
      anomalousBehavior: { agents, ...(newAgent !== undefined && { newest: newAgent }) },
    }),
  };
  return { at, parts };
}
