import { createDeviceRegistry, createRegistryClient } from "../aws/dynamodb/device-registry.ts";
import { type DeviceRegistry, MOST_KEYS } from "../domain/evidence/device-registry.ts";
import { deviceIdOfKey, type RegisteredDevice } from "../domain/evidence/registered-device.ts";
import type { EpochSeconds } from "../domain/time.ts";
import { type Command, type CommandIo, InputError, messageOf, readArguments, UsageError } from "./command.ts";
import { assertNotRetired, readDeviceKeys } from "./device-key.ts";
import { POSTURE_SOURCES, readPosture } from "./device-posture.ts";
import { printDevice } from "./print-device.ts";
import { isId, readIssuer } from "./token-words.ts";

const HELP = `Manages the device registry in a deployment's table.

Usage: sallyport device <action> [id] [options] --table <name>

  enrol [id]           enrol a device for a user; without an id it is key:<thumbprint> of the one key that is given
  attest <id>          bind one more key, at most ${MOST_KEYS}; with --replace, instead of all others
  posture <id> [file]  record its posture: --from a tool's payload in a file, or --healthy or --unhealthy
  retire <id>          permanently distrust this id and all its keys, under any id; key:<thumbprint> retires a single
                       key, enrolled or not. Run it again if it is interrupted
  show <id>            show its registry entry

  --table <name>       the deployment's table (stack output TableName)
  --region <name>      the table's Region; Region and credentials are resolved as the AWS CLI does by default
  --issuer <url>       enrol: the issuer of the owner, exactly as in tokens (iss); for a Cognito pool with two names
                       the configured one, whichever the token has
  --subject <text>     enrol: the owner, as the issuer names the user in tokens
  --jwk <file>         enrol, attest: a public key of the device, as JWK; may be repeated
  --certificate <file> enrol, attest: a client certificate of the device, as PEM; may be repeated
  --replace            attest: remove all other keys of the device
  --from <tool>        posture: ${POSTURE_SOURCES.join(", ")}
  --minimum-score <n>  posture, crowdstrike: lowest overall score of a healthy host, 0 to 100; 70 by default
  --detail <code>      posture: a finding, such as disk-not-encrypted; may be repeated
  --json               print one JSON object instead of text

The id is the device claim of tokens. If tokens have none, enrol a key without an id. Every write is one
conditional write of one item; retire writes one for each key, then the device's. Devices cannot be listed, because a list
would read the whole table. AWS_ENDPOINT_URL_DYNAMODB overrides the endpoint. The exit code is 1 if nothing was written.

Examples:
  sallyport device enrol laptop-7 --table T --issuer https://id.example --subject alice --certificate laptop-7.pem
  sallyport device posture laptop-7 computer.json --from jamf --table T
  sallyport device retire laptop-7 --table T
`;

const FLAGS = {
  table: { type: "string" },
  region: { type: "string" },
  issuer: { type: "string" },
  subject: { type: "string" },
  jwk: { type: "string", multiple: true },
  certificate: { type: "string", multiple: true },
  replace: { type: "boolean" },
  from: { type: "string" },
  "minimum-score": { type: "string" },
  healthy: { type: "boolean" },
  unhealthy: { type: "boolean" },
  detail: { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

type Flags = ReturnType<typeof readArguments<typeof FLAGS>>["flags"];
type FlagName = keyof typeof FLAGS;

interface Asked {
  readonly flags: Flags;
  readonly words: readonly string[];
  readonly now: EpochSeconds;
}

/**
 * What is to be done, all of it read from the command line and its files; `undefined` as a result:
 * nothing was written
 */
interface Change {
  readonly id: string;
  readonly run: (registry: DeviceRegistry) => Promise<boolean>;
  /** Why it was not done, by what the registry holds */
  readonly problem: (held: RegisteredDevice | undefined) => string;
}

interface Action {
  readonly flags: readonly FlagName[];
  /** How many words may stand after the action */
  readonly words: readonly [least: number, most: number];
  readonly prepare: (asked: Asked) => Promise<Change>;
}

const SEE = "See sallyport device --help.";

const ACTIONS: Readonly<Record<string, Action>> = {
  enrol: { flags: ["issuer", "subject", "jwk", "certificate"], words: [0, 1], prepare: prepareEnrol },
  attest: { flags: ["jwk", "certificate", "replace"], words: [1, 1], prepare: prepareAttest },
  posture: {
    flags: ["from", "minimum-score", "healthy", "unhealthy", "detail"],
    words: [1, 2],
    prepare: async ({ flags, words, now }) => {
      const posture = await readPosture(flags, words[1], now);
      return {
        id: words[0] ?? "",
        run: ({ report }) => report(words[0] ?? "", posture),
        problem: (held) => enrolmentProblem(held) ?? "the registry has a later assessment",
      };
    },
  },
  retire: {
    flags: [],
    words: [1, 1],
    prepare: async ({ words, now }) => ({
      id: words[0] ?? "",
      run: ({ retire }) => retire(words[0] ?? "", now),
      problem: () => "it is not enrolled",
    }),
  },
  show: {
    flags: [],
    words: [1, 1],
    prepare: async ({ words }) => ({
      id: words[0] ?? "",
      run: async () => true,
      problem: () => "",
    }),
  },
};

export const deviceCommand: Command = {
  name: "device",
  help: HELP,
  run: async (argv, io) => {
    const { flags, words } = readArguments("sallyport device", argv, FLAGS);
    const [name = "", ...rest] = words;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined)
      throw new UsageError(`device has the actions ${Object.keys(ACTIONS).join(", ")}.`, SEE);
    checkShape(name, action, flags, rest);
    const { table } = flags;
    if (table === undefined) throw new UsageError("--table is missing.", SEE);
    const change = await action.prepare({ flags, words: rest, now: Math.floor(Date.now() / 1000) });
    if (!isId(change.id))
      throw new UsageError("The id must be 1 to 255 characters, none of them a control character.", SEE);
    return perform(change, table, flags, io);
  },
};

function checkShape(
  name: string,
  { flags: own, words: [least, most] }: Action,
  flags: Flags,
  words: readonly string[],
): void {
  if (words.length < least || words.length > most)
    throw new UsageError(
      `device ${name} takes ${least === 0 ? "at most an id" : "an id"}${most > 1 ? " and a file" : ""}.`,
      SEE,
    );
  const shared: readonly string[] = ["table", "region", "json"];
  const foreign = Object.keys(flags).find(
    (flag) => !shared.includes(flag) && !own.includes(flag as FlagName),
  );
  if (foreign !== undefined) throw new UsageError(`device ${name} does not take --${foreign}.`, SEE);
}

async function perform(
  change: Change,
  table: string,
  { region, json }: Flags,
  io: CommandIo,
): Promise<number> {
  const client = createRegistryClient(region);
  try {
    const registry = createDeviceRegistry(client, table);
    const done = await change.run(registry);
    const record = await registry.read(change.id);
    if (!done)
      throw new InputError(
        `Nothing was written of ${JSON.stringify(change.id)}: ${change.problem(record.device)}.`,
        `See sallyport device show ${change.id} --table ${table}.`,
      );
    io.stdout(
      json === true ? `${JSON.stringify({ id: change.id, ...record })}\n` : printDevice(change.id, record),
    );
    return record.device === undefined && record.retiredKeys === undefined ? 1 : 0;
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

async function prepareEnrol({ flags, words, now }: Asked): Promise<Change> {
  const { issuer, subject } = flags;
  if (issuer === undefined || subject === undefined || !isId(subject))
    throw new UsageError("enrol needs the owner: --issuer and --subject.", SEE);
  const known = readIssuer(issuer, SEE);
  const keys = await readDeviceKeys(flags);
  if (keys.length > MOST_KEYS) throw new UsageError(`A device has at most ${MOST_KEYS} keys.`, SEE);
  const id =
    words[0] ?? (keys.length === 1 && keys[0] !== undefined ? deviceIdOfKey(keys[0].thumbprint) : undefined);
  if (id === undefined)
    throw new UsageError("enrol without an id takes exactly one key: --jwk or --certificate.", SEE);
  return {
    id,
    run: async (registry) => {
      await assertNotRetired(registry, keys);
      return registry.enrol(id, { owner: { issuer: known, subject }, keys, enrolledAt: now });
    },
    problem: (held) =>
      held?.retiredAt === undefined
        ? "it is already enrolled"
        : "it was retired permanently; enrol it under another id",
  };
}

async function prepareAttest({ flags, words: [id = ""] }: Asked): Promise<Change> {
  const keys = await readDeviceKeys(flags);
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    throw new UsageError("attest takes exactly one key: --jwk or --certificate.", SEE);
  return {
    id,
    run: async (registry) => {
      await assertNotRetired(registry, keys);
      return registry.attest(id, key, flags.replace === true ? "replace" : "add");
    },
    problem: (held) => enrolmentProblem(held) ?? `it already has ${MOST_KEYS} keys`,
  };
}

function enrolmentProblem(held: RegisteredDevice | undefined): string | undefined {
  if (held === undefined) return "it is not enrolled";
  return held.retiredAt === undefined ? undefined : "it is retired";
}
