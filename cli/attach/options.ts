import type { ApiState } from "../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../domain/attach/attach-plan.ts";
import type { Attachment } from "../../domain/attach/attachment.ts";
import { REPLACEABLE, type ReplaceKind } from "../../domain/attach/route-choice.ts";
import { type Enforcement, readEnforcement, writeEnforcement } from "../../domain/decision/enforcement.ts";
import { readArguments, UsageError } from "../command.ts";
import { wantedGatewayResponses } from "./gateway-response-origin.ts";

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

export type AttachFlags = ReturnType<typeof readArguments<typeof FLAGS>>["flags"];
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
  ...(["authorizer", "stage", "enforce", "replace", "exclude", "canary", "accept-drift"] as const),
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

/** Reads the words after `sallyport attach`; what belongs to another action is a UsageError. */
export function readAction(argv: readonly string[]): {
  readonly action: ActionName;
  readonly flags: AttachFlags;
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
  if (flags.api !== undefined && !/^[a-zA-Z0-9]{1,64}$/.test(flags.api))
    throw new UsageError(
      `--api ${JSON.stringify(flags.api)} is not an API id.`,
      "Use the first label of the API's execute-api host name, such as a1b2c3d4e5.",
    );
  if ((flags.table === undefined) === (flags["no-table"] === undefined))
    throw new UsageError(
      "Pass --table, the stack output TableName, or --no-table.",
      "With --no-table, only the snapshot file records the original state, and drift is not detected.",
    );
  if (flags.authorizer !== undefined) checkFunctionArn(flags.authorizer);
  return { action, flags };
}

/** Reads the options from the flags; the record supplies what the flags leave out. */
export function attachOptions(
  flags: AttachFlags,
  api: ApiState,
  record: Attachment | undefined,
): AttachOptions {
  const functionArn = functionOf(flags, record);
  const role = flags["credentials-role"];
  if (role !== undefined && !/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(role))
    throw new UsageError(`--credentials-role ${JSON.stringify(role)} is not the ARN of an IAM role.`, SEE);
  return {
    functionArn,
    ...(role !== undefined && { credentialsArn: role }),
    grant: flags["no-permission"] !== true,
    ...(flags.stage !== undefined && { stages: flags.stage }),
    ...(flags.enforce !== undefined && { enforce: enforcementOf(flags.enforce) }),
    replace: replacements(flags.replace),
    exclude: flags.exclude ?? record?.excluded ?? [],
    ...(flags.canary !== undefined && { canaryPercent: wholeNumber("canary", flags.canary, 1, 99) }),
    acceptDrift: flags["accept-drift"] === true,
    replaceGatewayResponses: flags["replace-gateway-responses"] === true,
    gatewayResponses: wantedGatewayResponses(api, flags["allow-origin"]),
  };
}

/** The authorizer function that the API invokes or will invoke. */
function functionOf(flags: AttachFlags, record: Attachment | undefined): string {
  const functionArn = flags.authorizer ?? record?.functionArn;
  if (functionArn === undefined)
    throw new UsageError(
      "--authorizer is missing: the API is not attached yet.",
      "Pass the ARN of the authorizer function: the stack output AuthorizerArn.",
    );
  return functionArn;
}

/** A whole number in a range, or a UsageError that names the flag. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
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

function enforcementOf(text: string): Enforcement {
  const read = readEnforcement(text);
  // An unreadable value enforces everything, which is not what a mistyped one was meant to do.
  if (read === "all" && text !== "all")
    throw new UsageError(
      `--enforce ${JSON.stringify(text)} must be all, none, or segment names separated by commas.`,
      "Segments are named in policies/default/segments.json.",
    );
  return writeEnforcement(read) === "none" ? [] : read;
}

function replacements(text: string | undefined): readonly ReplaceKind[] {
  const words = text?.split(",") ?? [];
  const wrong = words.find((word) => !REPLACEABLE.some((kind) => kind === word));
  if (wrong !== undefined)
    throw new UsageError(`--replace ${JSON.stringify(wrong)} must be one of ${REPLACEABLE.join(", ")}.`, SEE);
  return words as ReplaceKind[];
}
