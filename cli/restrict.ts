import {
  createLiftRestriction,
  createReadRestriction,
  createRestrict,
} from "../aws/dynamodb/access-writer.ts";
import { createRegistryClient } from "../aws/dynamodb/device-registry.ts";
import { FARTHEST } from "../aws/dynamodb/restriction-layout.ts";
import type { Lifted, Restrict, RestrictedSubject } from "../domain/response/restrict.ts";
import type { Restriction } from "../domain/risk/risk-state.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { type Command, type CommandIo, InputError, messageOf, readArguments, UsageError } from "./command.ts";
import { momentOf, printRestriction } from "./print-restriction.ts";
import { isId, readIssuer } from "./token-words.ts";

const HELP = `Restricts users, sessions and devices in a deployment's table, and shows and lifts restrictions.

Usage: sallyport restrict <action> <user|session|device> <id> [options] --table <name>

  revoke       end a session, or void every token that a user has by now. A device has no tokens:
               quarantine it, or retire it with sallyport device retire
  quarantine   deny every request for a time: --for or --until
  show         show its restrictions
  lift         lift --quarantine, --revocation or --unreadable; other restrictions stay

  --table <name>    the deployment's table (stack output TableName)
  --region <name>   the table's Region; Region and credentials are resolved as the AWS CLI does by default
  --issuer <url>    user, session: the issuer, exactly as in tokens (iss); for a Cognito pool with two names the
                    configured one, whichever the token has
  --for <time>      quarantine: 30m, 8h or 7d from now
  --until <time>    quarantine: until this time, in ISO 8601 with its zone, at most 100 years from now
  --quarantine      lift: the quarantine
  --revocation      lift: what revoke wrote
  --unreadable      lift: an unreadable restriction, which denies every request
  --json            print one JSON object instead of text

The id is the user's sub, the session's sid or the device claim of tokens; a device without one is key:<thumbprint>.
The authorizer reads restrictions with every request, so the next request is denied. Each restriction is written
separately, and only if it is stronger: a longer quarantine stays, and none lifts another. The exit code is 1 if the
restriction does not hold afterwards. It needs dynamodb:GetItem and dynamodb:UpdateItem on the table.
AWS_ENDPOINT_URL_DYNAMODB overrides the endpoint.

Examples:
  sallyport restrict revoke session 5f2c --issuer https://id.example --table T
  sallyport restrict quarantine device laptop-7 --for 8h --table T
  sallyport restrict lift device laptop-7 --quarantine --table T
`;

const FLAGS = {
  table: { type: "string" },
  region: { type: "string" },
  issuer: { type: "string" },
  for: { type: "string" },
  until: { type: "string" },
  quarantine: { type: "boolean" },
  revocation: { type: "boolean" },
  unreadable: { type: "boolean" },
  json: { type: "boolean" },
} as const;

type Flags = ReturnType<typeof readArguments<typeof FLAGS>>["flags"];

interface Ports {
  readonly restrict: Restrict;
  readonly read: ReturnType<typeof createReadRestriction>;
  readonly lift: ReturnType<typeof createLiftRestriction>;
}

/**
 * What is to be done, read from the command line; resolves to why what was asked does not hold, if
 * so.
 */
type Change = (ports: Ports, subject: RestrictedSubject) => Promise<string | undefined>;

interface Action {
  readonly flags: readonly (keyof typeof FLAGS)[];
  readonly prepare: (flags: Flags, now: EpochSeconds, kind: RestrictedSubject["kind"]) => Change;
}

const SEE = "See sallyport restrict --help.";

const ACTIONS: Readonly<Record<string, Action>> = {
  revoke: { flags: [], prepare: prepareRevoke },
  quarantine: { flags: ["for", "until"], prepare: prepareQuarantine },
  show: { flags: [], prepare: () => async () => undefined },
  lift: { flags: ["quarantine", "revocation", "unreadable"], prepare: prepareLift },
};

export const restrictCommand: Command = {
  name: "restrict",
  help: HELP,
  run: async (argv, io) => {
    const { flags, words } = readArguments("sallyport restrict", argv, FLAGS);
    const [name = "", kind = "", id = "", ...rest] = words;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined)
      throw new UsageError(`restrict has the actions ${Object.keys(ACTIONS).join(", ")}.`, SEE);
    if (rest.length > 0)
      throw new UsageError(`restrict ${name} takes user, session or device, and one id.`, SEE);
    const shared: readonly string[] = ["table", "region", "issuer", "json", ...action.flags];
    const foreign = Object.keys(flags).find((flag) => !shared.includes(flag));
    if (foreign !== undefined) throw new UsageError(`restrict ${name} does not take --${foreign}.`, SEE);
    const subject = readSubject(kind, id, flags);
    if (flags.table === undefined) throw new UsageError("--table is missing.", SEE);
    const now = Math.floor(Date.now() / 1000);
    const change = action.prepare(flags, now, subject.kind);
    return perform(change, subject, { ...flags, table: flags.table }, now, io);
  },
};

function readSubject(kind: string, id: string, { issuer }: Flags): RestrictedSubject {
  if (kind !== "user" && kind !== "session" && kind !== "device")
    throw new UsageError(`${JSON.stringify(kind)} must be one of user, session, device.`, SEE);
  if (!isId(id))
    throw new UsageError(
      `The id of the ${kind} is missing, or is not 1 to 255 characters without control characters.`,
      SEE,
    );
  if (kind === "device") {
    if (issuer !== undefined) throw new UsageError("A device has no issuer. Leave --issuer out.", SEE);
    return { kind, deviceId: id };
  }
  if (issuer === undefined)
    throw new UsageError(`--issuer is missing: a ${kind} id is unique only within its issuer.`, SEE);
  const known = readIssuer(issuer, SEE);
  return kind === "user"
    ? { kind, user: { issuer: known, subject: id } }
    : { kind, issuer: known, sessionId: id };
}

function prepareRevoke(_: Flags, now: EpochSeconds, kind: RestrictedSubject["kind"]): Change {
  if (kind === "device")
    throw new UsageError(
      "A device has no tokens to revoke.",
      "Use sallyport restrict quarantine device, or sallyport device retire.",
    );
  return async ({ restrict }, subject) => {
    // A session that is revoked already stays revoked since it was.
    await restrict(subject, kind === "user" ? { notBefore: now } : { revokedAt: now });
    return undefined;
  };
}

function prepareQuarantine(flags: Flags, now: EpochSeconds): Change {
  const quarantinedUntil = readEnd(flags, now);
  return async ({ restrict, read }, subject) => {
    const written = await restrict(subject, { quarantinedUntil });
    if (written.length > 0) return undefined;
    const held = (await read(subject, now))?.quarantinedUntil;
    if (held === quarantinedUntil) return undefined;
    return held === undefined
      ? "its quarantine cannot be read, and denies every request; lift --unreadable first"
      : `it is quarantined for longer, until ${momentOf(held)}; lift --quarantine first`;
  };
}

function prepareLift({ quarantine, revocation, unreadable }: Flags, now: EpochSeconds): Change {
  const lifted: readonly Lifted[] = [
    ...(quarantine === true ? [["quarantinedUntil"] as const] : []),
    ...(revocation === true ? [["notBefore", "revokedAt"] as const] : []),
    ...(unreadable === true ? ["unreadable" as const] : []),
  ];
  if (lifted.length === 0)
    throw new UsageError("lift needs --quarantine, --revocation or --unreadable.", SEE);
  return async ({ lift }, subject) => {
    const names: string[] = [];
    for (const one of lifted) names.push(...(await lift(subject, one, now)));
    return names.length === 0 ? "there is no such restriction to lift" : undefined;
  };
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

function readEnd({ for: length, until }: Flags, now: EpochSeconds): EpochSeconds {
  if ((length === undefined) === (until === undefined))
    throw new UsageError("quarantine needs either --for or --until.", SEE);
  const end = length === undefined ? readTime(until ?? "") : now + readLength(length);
  if (end <= now) throw new UsageError("The end of the quarantine must be in the future.", SEE);
  if (end > now + FARTHEST.quarantinedUntil)
    throw new UsageError("A quarantine lasts at most 100 years.", "Use an earlier end.");
  return end;
}

function readLength(text: string): number {
  const [, count, unit = ""] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (count === undefined)
    throw new UsageError(`--for ${JSON.stringify(text)} is not a time such as 30m, 8h or 7d.`, SEE);
  return Number(count) * (SECONDS[unit] ?? Number.NaN);
}

function readTime(text: string): EpochSeconds {
  const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isIso ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(time))
    throw new UsageError(`--until ${JSON.stringify(text)} is not a time such as 2026-12-01T08:00:00Z.`, SEE);
  return Math.floor(time / 1000);
}

async function perform(
  change: Change,
  subject: RestrictedSubject,
  { table, region, json }: Flags & { readonly table: string },
  now: EpochSeconds,
  io: CommandIo,
): Promise<number> {
  const client = createRegistryClient(region);
  const ports: Ports = {
    restrict: createRestrict(client, table),
    read: createReadRestriction(client, table),
    lift: createLiftRestriction(client, table),
  };
  try {
    const problem = await change(ports, subject);
    if (problem !== undefined)
      throw new InputError(`Nothing was changed: ${problem}.`, "See sallyport restrict show, and --help.");
    const restriction: Restriction = (await ports.read(subject, now)) ?? {};
    io.stdout(
      json === true
        ? `${JSON.stringify({ subject, ...restriction })}\n`
        : printRestriction(subject, restriction, now),
    );
    return 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new InputError(
      `The table ${JSON.stringify(table)} cannot be used: ${messageOf(error).replace(/\.$/, "")}.`,
      "Check --table, --region, the credentials and AWS_ENDPOINT_URL_DYNAMODB.",
    );
  } finally {
    client.destroy();
  }
}
