import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import { problemsOf } from "../configuration/problem.ts";
import { mergeRisk } from "../configuration/risk-rules.ts";
import { crossFieldProblems } from "../configuration/rules.ts";
import { configurationSchema } from "../configuration/schema.ts";
import { userPartition } from "../contract/table.ts";
import { type AccessObservation, observe } from "../domain/event/access-observation.ts";
import type { ScoringRules } from "../domain/risk/assess.ts";
import { FACTORS } from "../domain/risk/factor-pack.ts";
import type { StoredProfile } from "../domain/risk/profile.ts";
import { localTime } from "../domain/time.ts";
import { type ScoredAccess, type ScorerPorts, score } from "../lambda/scorer/score.ts";
import {
  type Command,
  type CommandIo,
  InputError,
  readArguments,
  readInput,
  readJsonInput,
  UsageError,
} from "./command.ts";

const HELP = `Scores access events by the scorer's rules and prints one assessment for each, as JSON lines.

Usage: sallyport score [file] [options]

  file            JSON lines of access events, bare (OCSF API Activity) or in EventBridge's envelope; standard input by
                  default. They are scored in the order of the lines.
  --zone <name>   the time zone of hours, such as Europe/Berlin; UTC by default
  --rules <file>  JSON with changes to the default rules, as in the section "risk" of the configuration
  --json          JSON lines; the only output format

Each output line has event, user, at (epoch seconds), score and the points of each factor; elevatedAt while a step-up is
required, and finding where one is raised or updated. No state is kept between runs, and no location is looked up.
Events of unverified callers are skipped and counted. A line that cannot be read is reported on standard error with its
number; the other lines are scored, and the exit code is 1.

Factors: ${FACTORS.map(({ name }) => name).join(", ")}.

Examples:
  sallyport score events.ndjson
  sallyport score events.ndjson --zone Europe/Berlin | jq 'select(.score > 50)'
  sallyport score --rules risk.json < events.ndjson
`;

const FLAGS = { zone: { type: "string" }, rules: { type: "string" }, json: { type: "boolean" } } as const;

export const scoreCommand: Command = {
  name: "score",
  help: HELP,
  run: async (argv, io) => {
    const { flags, words } = readArguments("sallyport score", argv, FLAGS);
    if (words.length > 1) throw new UsageError("score takes one file.", "See sallyport score --help.");
    const scoring = await readScoring(flags.zone, flags.rules);
    return scoreLines(await openLines(words[0], io), scoring, io);
  },
};

async function scoreLines(
  lines: AsyncIterable<string> | Iterable<string>,
  scoring: ScoringRules,
  io: CommandIo,
): Promise<number> {
  const ports = createInMemoryPorts();
  let [number, unreadable, unattributed] = [0, 0, 0];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    const observed = readLine(line);
    if (observed.status === "unattributed") unattributed += 1;
    if (observed.status === "unreadable") {
      unreadable += 1;
      io.stderr(`line ${number}: ${observed.why}\n`);
    }
    if (observed.status !== "observed") continue;
    const { access } = observed;
    ports.now = () => access.at * 1000;
    io.stdout(
      `${JSON.stringify(recordOf(access, await score(access, { ports, scoring, origin: NOWHERE })))}\n`,
    );
  }
  if (unattributed > 0)
    io.stderr(`Skipped ${unattributed} events of unverified callers, which have no score.\n`);
  return unreadable === 0 ? 0 : 1;
}

function readLine(line: string): ReturnType<typeof observe> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { status: "unreadable", why: "not JSON" };
  }
  const isEnvelope =
    typeof value === "object" && value !== null && "detail" in value && !Object.hasOwn(value, "metadata");
  return observe(isEnvelope ? (value as { detail: unknown }).detail : value, Date.now());
}

/** A finding is printed without the account that would hold it. */
const NOWHERE = { partition: "aws", region: "none", accountId: "none" };

function recordOf({ event, user, at }: AccessObservation, { assessment, findings }: ScoredAccess) {
  const { score: value, factors, elevatedAt } = assessment.risk;
  const finding = findings.at(-1);
  return {
    event,
    user,
    at,
    score: value,
    factors,
    ...(elevatedAt !== undefined && { elevatedAt }),
    ...(finding !== undefined && {
      finding: {
        id: finding.Id,
        severity: finding.Severity.Label,
        title: finding.Title,
        description: finding.Description,
      },
    }),
  };
}

/** The scorer's table and queue, for one run. */
function createInMemoryPorts(): { -readonly [Name in keyof ScorerPorts]: ScorerPorts[Name] } {
  const profiles = new Map<string, StoredProfile>();
  return {
    readProfile: async (user) => profiles.get(userPartition(user)) ?? { version: 0 },
    saveProfile: async (user, profile, read) => {
      profiles.set(userPartition(user), { profile, version: read + 1 });
      return true;
    },
    saveRisk: async () => undefined,
    queueFinding: async () => undefined,
    now: Date.now,
    pause: async () => undefined,
    random: () => 1,
  };
}

async function readScoring(zone: unknown, file: unknown): Promise<ScoringRules> {
  const timeZone = typeof zone === "string" ? zone : "UTC";
  try {
    localTime(0, timeZone);
  } catch {
    throw new UsageError(
      `--zone: ${JSON.stringify(timeZone)} is not a time zone.`,
      "Use an IANA name such as Europe/Berlin.",
    );
  }
  const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");
  const risk = typeof file === "string" ? await readRisk(file) : mergeRisk(undefined);
  return { ...risk, timeZone, digest };
}

async function readRisk(file: string): Promise<ReturnType<typeof mergeRisk>> {
  const raw = { risk: await readJsonInput(file, "--rules") };
  const parsed = configurationSchema.pick({ risk: true }).safeParse(raw);
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error, raw)), ...crossFieldProblems(raw)];
  if (!parsed.success || problems.length > 0) {
    throw new InputError(
      new ConfigurationError(file, problems).message,
      "Fix the fields named above and try again.",
    );
  }
  return mergeRisk(parsed.data.risk);
}

async function openLines(
  file: string | undefined,
  io: CommandIo,
): Promise<AsyncIterable<string> | Iterable<string>> {
  if (file !== undefined) return (await readInput(file, "file")).split("\n");
  return createInterface({ input: io.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}
