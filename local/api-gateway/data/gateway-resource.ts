import type { InvokeResult } from "../../lambda/lambda-runtime.ts";

/**
 * One resource of a CloudFormation template, with every intrinsic function of its properties
 * resolved.
 */
export interface GatewayResource {
  readonly logicalId: string;
  /** The value of `Ref`: the API's id, the authorizer's id, … */
  readonly physicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Invokes a function by its ARN with one event and waits for its response, as FunctionFleet does.
 */
export type InvokeFunction = (functionArn: string, event: unknown) => Promise<InvokeResult>;

/**
 * The template uses something that the local gateway cannot do as API Gateway does; nothing is
 * started.
 */
export class GatewayBootError extends Error {
  override readonly name = "GatewayBootError";

  constructor(resource: GatewayResource, problem: string) {
    super(`${resource.type} ${resource.logicalId}: ${problem}`);
  }
}

export function requiredText(resource: GatewayResource, name: string): string {
  const value = optionalText(resource, name);
  if (value === undefined) throw new GatewayBootError(resource, `property ${name} is missing`);
  return value;
}

export function optionalText(resource: GatewayResource, name: string): string | undefined {
  const value = resource.properties[name];
  if (value === undefined) return undefined;
  if (typeof value === "string") return value;
  throw new GatewayBootError(resource, `property ${name} must be a string`);
}

/** Templates may write numbers as strings. */
export function optionalNumber(resource: GatewayResource, name: string): number | undefined {
  const value = resource.properties[name];
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new GatewayBootError(resource, `property ${name} must be a number`);
}

export function isTrue(resource: GatewayResource, name: string): boolean {
  const value = resource.properties[name];
  return value === true || value === "true";
}

export function textMap(
  resource: GatewayResource,
  name: string,
  from: Readonly<Record<string, unknown>> = resource.properties,
): Readonly<Record<string, string>> {
  const value = from[name];
  if (value === undefined) return {};
  if (!isRecord(value)) throw new GatewayBootError(resource, `property ${name} must be a map`);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}

export function textList(
  resource: GatewayResource,
  name: string,
  from: Readonly<Record<string, unknown>> = resource.properties,
): readonly string[] | undefined {
  const value = from[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw new GatewayBootError(resource, `property ${name} must be a list of strings`);
}

/** Refuses properties that have no effect locally. */
export function assertWithoutProperties(
  resource: GatewayResource,
  names: readonly string[],
  why: string,
): void {
  for (const name of names) {
    if (resource.properties[name] !== undefined)
      throw new GatewayBootError(resource, `property ${name} is not supported: ${why}`);
  }
}

const FUNCTION_URI = /(?:\/functions\/|^)(arn:[\w-]+:lambda:[\w-]*:\d*:function:[\w$:-]+)(?:\/invocations)?$/;

/**
 * The function behind `arn:…:apigateway:…:lambda:path/2015-03-31/functions/<function
 * ARN>/invocations` or a bare ARN.
 */
export function functionArnOf(resource: GatewayResource, uri: string): string {
  const arn = FUNCTION_URI.exec(uri)?.[1];
  if (arn === undefined) throw new GatewayBootError(resource, `"${uri}" does not name a Lambda function`);
  return arn;
}

/** The role that API Gateway assumes to invoke a function, if a property names one. */
export function credentialsOf(resource: GatewayResource, name: string): { readonly credentialsArn?: string } {
  const credentialsArn = optionalText(resource, name);
  return credentialsArn === undefined || credentialsArn === "" ? {} : { credentialsArn };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
