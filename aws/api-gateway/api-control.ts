import type { ApiKind } from "../../domain/attach/api-state.ts";
import type { ApiAddress } from "../../domain/attach/attachment.ts";
import type { ApiControl } from "../../domain/attach/control.ts";
import { ControlError } from "./control-error.ts";
import type { Pace } from "./pace.ts";

export interface ApiControlSettings {
  readonly address: ApiAddress;
  readonly partition: string;
  /**
   * Profile of the AWS configuration files. @default AWS's own environment and configuration decide
   */
  readonly profile?: string;
  readonly pace: Pace;
  /**
   * Skips the search: `rest` uses API Gateway version 1, the others version 2. @default whichever
   * has the id
   */
  readonly kind?: ApiKind;
}

/**
 * The control plane of the API with this id, of any kind. Rejects with a ControlError `not-found`
 * if there is none.
 */
export async function createApiControl(
  settings: ApiControlSettings,
): Promise<{ readonly kind: ApiKind; readonly control: ApiControl }> {
  if (settings.kind === "rest") return openRest(settings);
  if (settings.kind !== undefined) return openHttp(settings);
  let denied: ControlError | undefined;
  try {
    return await openRest(settings);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    if (error.kind !== "not-found" && error.kind !== "access-denied") throw error;
    // A policy may allow one kind and not the other.
    if (error.kind === "access-denied") denied = error;
  }
  try {
    return await openHttp(settings);
  } catch (error) {
    if (denied !== undefined && error instanceof ControlError && error.kind === "not-found") throw denied;
    throw error;
  }
}

// Load an SDK client only when it is needed: each one slows the start.
async function openRest({ address, partition, profile, pace }: ApiControlSettings) {
  const { createRestClient, createRestControl, getRestApi } = await import("./rest-control.ts");
  const { createHttpClient } = await import("./http-control.ts");
  const { readMutualTls } = await import("./mutual-tls-domains.ts");
  const clientAccess = { region: address.region, ...(profile !== undefined && { profile }) };
  const access = {
    client: createRestClient(clientAccess),
    pace,
    address,
    partition,
    mutualTls: () => readMutualTls(createHttpClient(clientAccess), pace, address.apiId),
  };
  await orMissing(address, getRestApi(access));
  return { kind: "rest" as const, control: createRestControl(access) };
}

async function openHttp({ address, partition, profile, pace }: ApiControlSettings) {
  const { createHttpClient, createHttpControl, getHttpApi } = await import("./http-control.ts");
  const { kindOf } = await import("./http-read.ts");
  const { readMutualTls } = await import("./mutual-tls-domains.ts");
  const client = createHttpClient({ region: address.region, ...(profile !== undefined && { profile }) });
  const access = {
    client,
    pace,
    address,
    partition,
    // API Gateway has no client certificates for WebSocket APIs.
    mutualTls: () =>
      kind === "websocket"
        ? Promise.resolve({ domains: [] as const })
        : readMutualTls(client, pace, address.apiId),
  };
  const kind = kindOf(await orMissing(address, getHttpApi(access)));
  return { kind, control: createHttpControl(access, kind) };
}

async function orMissing<T>({ apiId, region, accountId }: ApiAddress, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ControlError) || error.kind !== "not-found") throw error;
    throw new ControlError({
      kind: "not-found",
      operation: error.operation,
      message: `API ${JSON.stringify(apiId)} does not exist in Region ${region} of account ${accountId}.`,
      next: "Check the id, --region and the AWS profile; aws apigateway get-rest-apis and aws apigatewayv2 get-apis list the APIs.",
    });
  }
}
