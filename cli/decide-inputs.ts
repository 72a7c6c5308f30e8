import { createReadRiskState } from "../aws/dynamodb/risk-table.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import { loadConfiguration } from "../configuration/read-configuration.ts";
import { assertKnownSegments } from "../configuration/segment-limits.ts";
import type { AuthorizerSettings, IssuerSettings } from "../contract/settings.ts";
import type { DecisionDigests } from "../domain/decision/digest.ts";
import type { ReadRiskState } from "../domain/risk/risk-state.ts";
import { decisionDigests } from "../lib/functions/decision-digests.ts";
import { authorizerSettings } from "../lib/functions/function-settings.ts";
import { SynthesisError } from "../lib/synthesis-error.ts";
import { compilePolicies } from "../policy/compile.ts";
import type { CompiledPolicies } from "../policy/compiled-policies.ts";
import { PolicyError } from "../policy/policy-error.ts";
import { productOf } from "../verification/issuers/products.ts";
import { InputError, readInput, readJsonInput, UsageError } from "./command.ts";

export interface DeploymentInput {
  readonly settings: AuthorizerSettings;
  readonly policies: CompiledPolicies;
  readonly digests: DecisionDigests;
}

/** What the deployment would give to the authorizer, from the same file and by the same code. */
export function readDeploymentInput(file: string, policyFolder: string | undefined): DeploymentInput {
  try {
    const configuration = loadConfiguration(file);
    const settings = authorizerSettings(configuration);
    const policies = compilePolicies(policyFolder ?? configuration.policies);
    assertKnownSegments(settings, policies.segments);
    const extraAuthority = configuration.network?.extraAuthority;
    const digests = decisionDigests({
      settings,
      policies,
      ...(extraAuthority !== undefined && { extraAuthority }),
    });
    return { settings, policies, digests };
  } catch (error) {
    if (
      error instanceof ConfigurationError ||
      error instanceof SynthesisError ||
      error instanceof PolicyError
    ) {
      throw new InputError(error.message, "Correct it and try again.");
    }
    throw error;
  }
}

/**
 * Reads key sets given as `<file>`, for the only issuer, or `<issuer>=<file>`, and resolves to them
 * by issuer, a second name that is not configured included. Their keys are vetted by the
 * authorizer's own code, later.
 */
export async function readKeySets(
  given: readonly string[],
  issuers: readonly IssuerSettings[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const sets = new Map<string, Uint8Array>();
  for (const one of given) {
    const named = issuers.find(({ issuer }) => one.startsWith(`${issuer}=`));
    const issuer = named ?? (issuers.length === 1 ? issuers[0] : undefined);
    if (issuer === undefined) {
      throw new UsageError(
        `--jwks ${one}: the configuration has ${issuers.length} issuers, so the issuer must be named.`,
        `Use --jwks <issuer>=<file>; issuers: ${issuers.map((known) => known.issuer).join(", ")}.`,
      );
    }
    const file = named === undefined ? one : one.slice(named.issuer.length + 1);
    const keys = new TextEncoder().encode(await readInput(file, "--jwks"));
    const other = productOf(issuer.preset).otherName?.(issuer.issuer);
    if (other !== undefined && !issuers.some((known) => known.issuer === other)) sets.set(other, keys);
    sets.set(issuer.issuer, keys);
  }
  return sets;
}

type TableClient = Parameters<typeof createReadRiskState>[0];
type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly SS: readonly string[] }
  | { readonly M: object };

/**
 * The risk state of items in a file: an array, or `{"Items": […]}` as `aws dynamodb scan` prints
 * it. Attributes are DynamoDB's (`{"S": "…"}`) or plain JSON. The items are read by the
 * authorizer's own code, so that an item it cannot read makes risk unavailable here too. Without a
 * file nothing is held against anyone.
 */
export async function readRiskItems(file: string | undefined): Promise<ReadRiskState> {
  const given = file === undefined ? [] : await readJsonInput(file, "--risk");
  const list: unknown = Array.isArray(given) ? given : (given as { Items?: unknown } | null)?.Items;
  if (!Array.isArray(list) || !list.every(isObject)) {
    throw new InputError(
      `--risk: ${file} does not contain a list of items.`,
      'Use an array of items, each with "pk", "sk" and "v", or the output of aws dynamodb scan.',
    );
  }
  const items = list.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [name, toAttribute(value, `--risk: ${name}`)]),
    ),
  );
  const client = { send: async () => ({ Responses: { table: items } }) } as unknown as TableClient;
  return createReadRiskState(client, "table");
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const DYNAMO_TYPES = ["S", "N", "BOOL", "M", "L", "NULL", "B", "SS", "NS", "BS"];

function toAttribute(value: unknown, what: string): Attribute {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string"))
    return { SS: value };
  if (isObject(value)) {
    const names = Object.keys(value);
    if (names.length === 1 && DYNAMO_TYPES.includes(names[0] ?? "")) return value as Attribute;
    const members = Object.entries(value).map(([name, member]) => [
      name,
      toAttribute(member, `${what}.${name}`),
    ]);
    return { M: Object.fromEntries(members) };
  }
  throw new InputError(
    `${what} is ${JSON.stringify(value)}.`,
    "Attributes of risk items must be strings, numbers, booleans, string sets or maps of these.",
  );
}

/** Reads a moment given as an ISO 8601 time with its offset, or in whole seconds since 1970. */
export function readMoment(given: string): number {
  const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(given);
  const moment = /^\d{1,11}$/.test(given) ? Number(given) * 1000 : iso ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw new UsageError(
      `--at ${given} is not a time.`,
      "Use 2026-11-21T14:30:00Z, with Z or an offset, or seconds since 1970.",
    );
  }
  return moment;
}
