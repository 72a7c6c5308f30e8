import type { RestrictedSubject } from "../domain/response/restrict.ts";
import type { Restriction } from "../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { printable } from "./printable.ts";

/** What restricts a user, session or device, in lines for a person. */
export function printRestriction(
  subject: RestrictedSubject,
  { notBefore, revokedAt, quarantinedUntil, unreadable = [] }: Restriction,
  now: EpochSeconds,
): string {
  const lines = [
    ...line("revoked", revokedAt, (at) => `${at > now ? "from" : "since"} ${momentOf(at)}`),
    ...line("revoked", notBefore, (at) => `tokens issued before ${momentOf(at)}`),
    ...line(
      "quarantined",
      quarantinedUntil,
      (at) => `until ${momentOf(at)}${at > now ? "" : ", which is over"}`,
    ),
    ...(unreadable.length > 0
      ? [["unreadable", `${unreadable.join(", ")}: denies every request until it is lifted`] as const]
      : []),
  ];
  const all = [
    [subject.kind, nameOf(subject)] as const,
    ...(lines.length === 0 ? [["restricted", "no"] as const] : lines),
  ];
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, words]) => `${name.padEnd(width)}  ${printable(words)}\n`).join("");
}

const line = (name: string, at: EpochSeconds | undefined, words: (at: EpochSeconds) => string) =>
  at === undefined ? [] : [[name, words(at)] as const];

function nameOf(subject: RestrictedSubject): string {
  if (subject.kind === "device") return subject.deviceId;
  return subject.kind === "user"
    ? `${subject.user.subject} of ${subject.user.issuer}`
    : `${subject.sessionId} of ${subject.issuer}`;
}

export function momentOf(seconds: EpochSeconds): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace(".000Z", "Z");
}
