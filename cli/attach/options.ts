import { REPLACEABLE, type ReplaceKind } from "../../domain/attach/route-choice.ts";
import { type Enforcement, readEnforcement, writeEnforcement } from "../../domain/decision/enforcement.ts";
import { readArguments, UsageError } from "../command.ts";
import { assertKnownSegments } from "../known-segments.ts";
import type { ClientOptions } from "./open-clients.ts";

const FLAGS = {
  api: { type: "string" },
  region: { type: "string" },
  profile: { type: "string" },
  authorizer: { type: "string" },
  table: { type: "string" },
  "no-table": { type: "boolean" },
  "sallyport-profile": { type: "string" },
  snapshot: { type: "string" },
  rate: { type: "string" },
  json: { type: "boolean" },
  stage: { type: "string", multiple: true },
  enforce: { type: "string" },
  policies: { type: "string" },
  replace: { type: "string" },
  exclude: { type: "string", multiple: true },
  canary: { type: "string" },
  "accept-drift": { type: "boolean" },
  "credentials-role": { type: "string" },
  "no-permission": { type: "boolean" },
  "replace-gateway-responses": { type: "boolean" },
  "allow-origin": { type: "string" },
  "open-new-routes": { type: "boolean" },
  "detailed-exit-code": { type: "boolean" },
  "dry-run": { type: "boolean" },
  yes: { type: "boolean" },
  url: { type: "string" },
  "token-file": { type: "string" },
  "all-methods": { type: "boolean" },
  timeout: { type: "string" },
} as const;

type Flags = ReturnType<typeof readArguments<typeof FLAGS>>["flags"];
type FlagName = keyof typeof FLAGS;

const SHARED: readonly FlagName[] = [
  ...([
    "api",
    "region",
    "profile",
    "table",
    "no-table",
    "sallyport-profile",
    "snapshot",
    "rate",
    "json",
  ] as const),
];
const WANTED: readonly FlagName[] = [
  ...([
    "authorizer",
    "stage",
    "enforce",
    "policies",
    "replace",
    "exclude",
    "canary",
    "accept-drift",
  ] as const),
  ...(["credentials-role", "no-permission", "replace-gateway-responses", "allow-origin"] as const),
];
const OWN = {
  plan: [...WANTED, "detailed-exit-code"],
  apply: [...WANTED, "dry-run", "yes"],
  verify: ["authorizer", "stage", "url", "token-file", "all-methods", "timeout"],
  rollback: ["authorizer", "no-permission", "open-new-routes", "dry-run", "yes"],
  status: ["authorizer", "no-permission"],
} as const satisfies Readonly<Record<string, readonly FlagName[]>>;

export type ActionName = keyof typeof OWN;

export const SEE = "See sallyport attach --help.";

/** What the command line asks for, with every value checked; what a flag leaves out is absent. */
export interface AttachRequest {
  /** Absent for `status` of all APIs */
  readonly apiId?: string;
  readonly clients: ClientOptions;
  readonly snapshot?: string;
  readonly json: boolean;
  readonly functionArn?: string;
  readonly stages?: readonly string[];
  readonly enforce?: Enforcement;
  readonly replace: readonly ReplaceKind[];
  readonly exclude?: readonly string[];
  readonly canaryPercent?: number;
  readonly acceptDrift: boolean;
  /** ARN of the role that API Gateway assumes */
  readonly credentialsArn?: string;
  /** Whether the function's policy is changed */
  readonly grant: boolean;
  readonly replaceGatewayResponses: boolean;
  readonly allowOrigin?: string;
  readonly openNewRoutes: boolean;
  readonly detailedExitCode: boolean;
  readonly dryRun: boolean;
  /** Whether a change needs no confirmation */
  readonly yes: boolean;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly allMethods: boolean;
  readonly timeoutMs: number;
}

/**
 * Parses the words after `sallyport attach`; a flag of another action or a wrong value is a
 * UsageError.
 */
export function readAction(argv: readonly string[]): {
  readonly action: ActionName;
  readonly request: AttachRequest;
} {
  const { flags, words } = readArguments("sallyport attach", argv, FLAGS);
  const [name = "", ...rest] = words;
  if (!Object.hasOwn(OWN, name))
    throw new UsageError(`attach has the actions ${Object.keys(OWN).join(", ")}.`, SEE);
  const action = name as ActionName;
  if (rest.length > 0) throw new UsageError(`attach ${action} takes options only.`, SEE);
  const own: readonly string[] = [...SHARED, ...OWN[action]];
  const foreign = Object.keys(flags).find((flag) => !own.includes(flag));
  if (foreign !== undefined) throw new UsageError(`attach ${action} does not take --${foreign}.`, SEE);
  if (flags.api === undefined && action !== "status") throw new UsageError("--api is missing.", SEE);
  checkFlags(flags);
  return { action, request: requestOf(flags) };
}

/** The flags, each under the name by which the actions know it. */
function requestOf(flags: Flags): AttachRequest {
  const { enforce, canary, timeout = "10" } = flags;
  return {
    ...present({
      apiId: flags.api,
      snapshot: flags.snapshot,
      functionArn: flags.authorizer,
      stages: flags.stage,
      enforce: enforce === undefined ? undefined : enforcementOf(enforce, flags.policies),
      exclude: flags.exclude,
      canaryPercent: canary === undefined ? undefined : wholeNumber("canary", canary, 1, 99),
      credentialsArn: flags["credentials-role"],
      allowOrigin: flags["allow-origin"],
      url: flags.url,
      tokenFile: flags["token-file"],
    }),
    clients: clientsOf(flags),
    replace: replacements(flags.replace),
    json: flags.json === true,
    acceptDrift: flags["accept-drift"] === true,
    grant: flags["no-permission"] !== true,
    replaceGatewayResponses: flags["replace-gateway-responses"] === true,
    openNewRoutes: flags["open-new-routes"] === true,
    detailedExitCode: flags["detailed-exit-code"] === true,
    dryRun: flags["dry-run"] === true,
    yes: flags.yes === true,
    allMethods: flags["all-methods"] === true,
    timeoutMs: 1000 * wholeNumber("timeout", timeout, 1, 60),
  };
}

function clientsOf({ region, profile, rate, table, authorizer, ...flags }: Flags): ClientOptions {
  return present({
    region,
    profile,
    sallyportProfile: flags["sallyport-profile"],
    sallyportRegion: authorizer?.split(":")[3],
    table,
    rate: rate === undefined ? undefined : wholeNumber("rate", rate, 1, 40),
  });
}

type Present<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out what is undefined. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** Checks the flags that are taken over as they are. */
function checkFlags(flags: Flags): void {
  const { api, table, authorizer, "credentials-role": role } = flags;
  if (api !== undefined && !/^[a-zA-Z0-9]{1,64}$/.test(api))
    throw new UsageError(
      `--api ${JSON.stringify(api)} is not an API id.`,
      "Use the first label of the API's execute-api host name, such as a1b2c3d4e5.",
    );
  if ((table === undefined) === (flags["no-table"] === undefined))
    throw new UsageError(
      "Pass --table, the stack output TableName, or --no-table.",
      "With --no-table, only the snapshot file records the original state, and drift is not detected.",
    );
  if (authorizer !== undefined) checkFunctionArn(authorizer);
  if (role !== undefined && !/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(role))
    throw new UsageError(`--credentials-role ${JSON.stringify(role)} is not the ARN of an IAM role.`, SEE);
}

/** A whole number in a range, or a UsageError that names the flag. */
function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`--${flag} takes a whole number from ${least} to ${most}.`, SEE);
  return value;
}

function checkFunctionArn(arn: string): void {
  if (/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(arn)) return;
  throw new UsageError(
    `--authorizer ${JSON.stringify(arn)} is not the ARN of a Lambda function.`,
    "Use arn:aws:lambda:<region>:<account>:function:<name>, with :<alias> for an alias.",
  );
}

function enforcementOf(text: string, policies: string | undefined): Enforcement {
  const read = readEnforcement(text);
  // An unreadable value enforces everything, which is not what a mistyped one was meant to do.
  if (read === "all" && text !== "all")
    throw new UsageError(
      `--enforce ${JSON.stringify(text)} must be all, none, or segment names separated by commas.`,
      "Segments are named in policies/default/segments.json.",
    );
  assertKnownSegments(read, policies);
  return writeEnforcement(read) === "none" ? [] : read;
}

function replacements(text: string | undefined): readonly ReplaceKind[] {
  const words = text?.split(",") ?? [];
  const wrong = words.find((word) => !REPLACEABLE.some((kind) => kind === word));
  if (wrong !== undefined)
    throw new UsageError(`--replace ${JSON.stringify(wrong)} must be one of ${REPLACEABLE.join(", ")}.`, SEE);
  return words as ReplaceKind[];
}
