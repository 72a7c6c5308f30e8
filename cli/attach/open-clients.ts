import type { createAttachmentStore } from "../../aws/dynamodb/attachment-store.ts";
import type { ApiAddress, AttachmentStore } from "../../domain/attach/attachment.ts";
import type { ApiControl, InvokePermission } from "../../domain/attach/control.ts";

export interface ClientOptions {
  readonly region?: string;
  /** AWS profile that reaches the API */
  readonly profile?: string;
  /** AWS profile that reaches the function's policy and the table */
  readonly sallyportProfile?: string;
  /** Where the table is, if elsewhere than the API */
  readonly sallyportRegion?: string;
  readonly table?: string;
  /** Control plane calls a second */
  readonly rate?: number;
}

/** The ways into AWS that attaching needs. */
export interface AttachClients {
  readonly addressOf: (apiId: string) => ApiAddress;
  readonly open: (apiId: string) => Promise<ApiControl>;
  readonly permissionOf: (functionArn: string) => InvokePermission;
  /** Absent with `--no-table` */
  readonly store?: AttachmentStore;
  /** Calls of AWS so far */
  readonly calls: () => number;
}

/**
 * Opens them by AWS's own configuration: credentials, Region, and endpoints (`AWS_ENDPOINT_URL_…`).
 * Each SDK client is loaded when it is needed: all of them cost time to start with.
 */
export async function openClients(request: ClientOptions): Promise<AttachClients> {
  const [{ createPace }, { createApiControl }, identity, permission] = await Promise.all([
    import("../../aws/api-gateway/pace.ts"),
    import("../../aws/api-gateway/api-control.ts"),
    import("../../aws/api-gateway/caller-identity.ts"),
    import("../../aws/api-gateway/invoke-permission.ts"),
  ]);
  const { profile, sallyportProfile = profile, rate, table } = request;
  const pace = createPace(rate === undefined ? {} : { perSecond: rate });
  const mine = {
    ...(request.region !== undefined && { region: request.region }),
    ...(profile !== undefined && { profile }),
  };
  const client = identity.createIdentityClient(mine);
  const region = await identity.readRegion(client);
  const { accountId, partition } = await identity.readCallerIdentity(client, pace);
  const theirs = (home: string) => ({
    region: home,
    ...(sallyportProfile !== undefined && { profile: sallyportProfile }),
  });
  const addressOf = (apiId: string): ApiAddress => ({ accountId, region, apiId });
  return {
    addressOf,
    open: async (apiId) => {
      const settings = {
        address: addressOf(apiId),
        partition,
        pace,
        ...(profile !== undefined && { profile }),
      };
      return (await createApiControl(settings)).control;
    },
    permissionOf: (functionArn) => {
      const home = functionArn.split(":")[3] ?? region;
      return permission.createInvokePermission(
        permission.createLambdaClient(theirs(home)),
        pace,
        functionArn,
      );
    },
    ...(table !== undefined && {
      store: await openStore(theirs(request.sallyportRegion ?? region), pace, table),
    }),
    calls: () => Object.values(pace.counts()).reduce((sum, count) => sum + count, 0),
  };
}

type AttachmentPace = Parameters<typeof createAttachmentStore>[1];

async function openStore(
  access: { readonly region: string; readonly profile?: string },
  pace: AttachmentPace,
  table: string,
): Promise<AttachmentStore> {
  const { createAttachmentStore, createStoreClient } = await import("../../aws/dynamodb/attachment-store.ts");
  return createAttachmentStore(createStoreClient(access), pace, table);
}
