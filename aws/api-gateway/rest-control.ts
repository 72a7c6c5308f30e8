import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  DeleteGatewayResponseCommand,
  FlushStageAuthorizersCacheCommand,
  type GatewayResponseType,
  GetMethodCommand,
  GetRestApiCommand,
  type GetRestApiCommandOutput,
  GetStageCommand,
  type PatchOperation,
  PutGatewayResponseCommand,
  TestInvokeAuthorizerCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import type { RouteAuthorization } from "../../domain/attach/api-state.ts";
import type { ApiControl } from "../../domain/attach/control.ts";
import { existingAuthorizer, ignoreMissing } from "./already-there.ts";
import { authorizerUri } from "./authorizer-uri.ts";
import { type ControlAccess, controlClientConfig } from "./control-client.ts";
import { ControlError } from "./control-error.ts";
import { authorizationOf, type RestAccess, readRest, readRestAuthorizers } from "./rest-read.ts";

export const createRestClient = (access: ControlAccess): APIGatewayClient =>
  new APIGatewayClient(controlClientConfig(access));

/**
 * Rejects with a ControlError `not-found` if the client's account and Region have no REST API with
 * this id.
 */
export const getRestApi = ({ client, pace, address }: RestAccess): Promise<GetRestApiCommandOutput> =>
  pace.call("GetRestApi", () => client.send(new GetRestApiCommand({ restApiId: address.apiId })));

/**
 * The control plane of a REST API. Changes to authorizers, methods and gateway responses take
 * effect with the next deployment.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
export function createRestControl(access: RestAccess): ApiControl {
  const { client, pace } = access;
  const restApiId = access.address.apiId;
  // The last value read or set: a patch must know what to remove without reading each method again.
  const seen = new Map<string, RouteAuthorization>();

  const updateStage = (stageName: string, patchOperations: PatchOperation[]) =>
    pace.call("UpdateStage", () =>
      client.send(new UpdateStageCommand({ restApiId, stageName, patchOperations })),
    );
  const getStage = (stageName: string) =>
    pace.call("GetStage", () => client.send(new GetStageCommand({ restApiId, stageName })));

  const getAuthorization = async (routeId: string): Promise<RouteAuthorization> => {
    const method = await pace.call("GetMethod", () =>
      client.send(new GetMethodCommand({ restApiId, ...methodOf(routeId) })),
    );
    return authorizationOf(method, routeId);
  };
  const updateMethod = (routeId: string, patchOperations: PatchOperation[]) =>
    pace.call("UpdateMethod", () =>
      client.send(new UpdateMethodCommand({ restApiId, ...methodOf(routeId), patchOperations })),
    );

  const createDeployment = async (spec: {
    readonly description: string;
    readonly stageName?: string;
    readonly canarySettings?: { readonly percentTraffic: number };
  }): Promise<string> => {
    const { id = "" } = await pace.call("CreateDeployment", () =>
      client.send(new CreateDeploymentCommand({ restApiId, ...spec })),
    );
    return id;
  };

  const pointStage: ApiControl["pointStage"] = async (stage, deploymentId) => {
    const { canarySettings } = await getStage(stage);
    const patches: PatchOperation[] = [{ op: "replace", path: "/deploymentId", value: deploymentId }];
    // API Gateway rejects the removal of a canary that does not exist.
    if (canarySettings !== undefined) patches.push({ op: "remove", path: "/canarySettings" });
    await updateStage(stage, patches);
  };

  return {
    read: async () => {
      const state = await readRest(access, await getRestApi(access));
      seen.clear();
      for (const { id, authorization } of state.routes) seen.set(id, authorization);
      return state;
    },

    createAuthorizer: async (spec) => {
      const create = () =>
        client.send(
          new CreateAuthorizerCommand({
            restApiId,
            name: spec.name,
            type: "REQUEST",
            authorizerUri: authorizerUri(spec.functionArn),
            ...(spec.credentialsArn !== undefined && { authorizerCredentials: spec.credentialsArn }),
            // Without a cache no identity source is needed, and every request invokes the function.
            authorizerResultTtlInSeconds: 0,
          }),
        );
      try {
        return (await pace.call("CreateAuthorizer", create)).id ?? "";
      } catch (error) {
        return existingAuthorizer(error, spec, await readRestAuthorizers(access).catch(() => []));
      }
    },

    deleteAuthorizer: (authorizerId) =>
      ignoreMissing(
        pace.call("DeleteAuthorizer", () =>
          client.send(new DeleteAuthorizerCommand({ restApiId, authorizerId })),
        ),
      ),

    setAuthorization: async (routeId, to) => {
      const known = seen.get(routeId);
      const from = known ?? (await getAuthorization(routeId));
      try {
        await updateMethod(routeId, authorizationPatches(from, to));
      } catch (error) {
        // The method may have changed since it was read, so that nothing is left to remove.
        if (known === undefined || !(error instanceof ControlError) || error.kind !== "invalid") throw error;
        await updateMethod(routeId, authorizationPatches(await getAuthorization(routeId), to));
      }
      seen.set(routeId, to);
    },

    putGatewayResponse: async ({ type, statusCode, parameters, templates }) => {
      await pace.call("PutGatewayResponse", () =>
        client.send(
          new PutGatewayResponseCommand({
            restApiId,
            responseType: type as GatewayResponseType,
            ...(statusCode !== undefined && { statusCode }),
            responseParameters: { ...parameters },
            responseTemplates: { ...templates },
          }),
        ),
      );
    },

    deleteGatewayResponse: (type) =>
      ignoreMissing(
        pace.call("DeleteGatewayResponse", () =>
          client.send(
            new DeleteGatewayResponseCommand({ restApiId, responseType: type as GatewayResponseType }),
          ),
        ),
      ),

    setStageVariable: async (stage, name, value) => {
      const path = `/variables/${name}`;
      if (value !== undefined) {
        await updateStage(stage, [{ op: "replace", path, value }]);
        return;
      }
      // API Gateway rejects the removal of a value that does not exist.
      if ((await getStage(stage)).variables?.[name] !== undefined)
        await updateStage(stage, [{ op: "remove", path }]);
    },

    deploy: async ({ stage, description, canaryPercent }) => {
      if (canaryPercent === undefined) {
        // While a stage has a canary, a deployment for it is refused or resets its settings; one
        // without a stage is not.
        const id = await createDeployment({ description });
        await pointStage(stage, id);
        return id;
      }
      if ((await getStage(stage)).canarySettings === undefined)
        return createDeployment({
          description,
          stageName: stage,
          canarySettings: { percentTraffic: canaryPercent },
        });
      const id = await createDeployment({ description });
      await updateStage(stage, [
        { op: "replace", path: "/canarySettings/deploymentId", value: id },
        { op: "replace", path: "/canarySettings/percentTraffic", value: String(canaryPercent) },
      ]);
      return id;
    },

    pointStage,

    removeCanary: async (stage) => {
      if ((await getStage(stage)).canarySettings !== undefined)
        await updateStage(stage, [{ op: "remove", path: "/canarySettings" }]);
    },

    deleteDeployment: (deploymentId) =>
      ignoreMissing(
        pace.call("DeleteDeployment", () =>
          client.send(new DeleteDeploymentCommand({ restApiId, deploymentId })),
        ),
      ),

    flushAuthorizerCache: async (stageName) => {
      await pace.call("FlushStageAuthorizersCache", () =>
        client.send(new FlushStageAuthorizersCacheCommand({ restApiId, stageName })),
      );
    },

    testAuthorizer: async (authorizerId, stageVariables) => {
      const { clientStatus = 0, latency = 0 } = await pace.call("TestInvokeAuthorizer", () =>
        client.send(
          new TestInvokeAuthorizerCommand({
            restApiId,
            authorizerId,
            headers: TRIAL_HEADERS,
            multiValueHeaders: Object.fromEntries(
              Object.entries(TRIAL_HEADERS).map(([name, value]) => [name, [value]]),
            ),
            pathWithQueryString: "/",
            stageVariables: { ...stageVariables },
          }),
        ),
      );
      return { status: clientStatus, milliseconds: latency };
    },
  };
}

/** No token: the call must show that the authorizer runs, not that it allows. */
const TRIAL_HEADERS = { "User-Agent": "sallyport attach" };

function methodOf(routeId: string): { resourceId: string; httpMethod: string } {
  const slash = routeId.indexOf("/");
  return { resourceId: routeId.slice(0, slash), httpMethod: routeId.slice(slash + 1) };
}

function authorizationPatches(from: RouteAuthorization, to: RouteAuthorization): PatchOperation[] {
  const patches: PatchOperation[] = [{ op: "replace", path: "/authorizationType", value: to.type }];
  // An authorizer cannot be removed, only replaced by an empty id.
  if (to.authorizerId !== undefined || from.authorizerId !== undefined)
    patches.push({ op: "replace", path: "/authorizerId", value: to.authorizerId ?? "" });
  const [old = [], wanted = []] = [from.scopes, to.scopes];
  for (const value of old)
    if (!wanted.includes(value)) patches.push({ op: "remove", path: "/authorizationScopes", value });
  for (const value of wanted)
    if (!old.includes(value)) patches.push({ op: "add", path: "/authorizationScopes", value });
  return patches;
}
