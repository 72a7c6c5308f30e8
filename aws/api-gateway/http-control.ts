import {
  ApiGatewayV2Client,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  GetApiCommand,
  type GetApiCommandOutput,
  GetRouteCommand,
  ResetAuthorizersCacheCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import type { ApiKind, RouteAuthorization } from "../../domain/attach/api-state.ts";
import type { ApiControl } from "../../domain/attach/control.ts";
import { existingAuthorizer, ignoreMissing } from "./already-there.ts";
import { authorizerUri } from "./authorizer-uri.ts";
import { type ControlAccess, controlClientConfig } from "./control-client.ts";
import { ControlError } from "./control-error.ts";
import { authorizationOf, type HttpAccess, readHttp, readHttpAuthorizers } from "./http-read.ts";

export const createHttpClient = (access: ControlAccess): ApiGatewayV2Client =>
  new ApiGatewayV2Client(controlClientConfig(access));

/**
 * Rejects with a ControlError `not-found` if the client's account and Region have no HTTP or
 * WebSocket API with this id.
 */
export const getHttpApi = ({ client, pace, address }: HttpAccess): Promise<GetApiCommandOutput> =>
  pace.call("GetApi", () => client.send(new GetApiCommand({ ApiId: address.apiId })));

/**
 * The control plane of an HTTP or WebSocket API. Changes to routes take effect at once on a stage
 * with automatic deployment. A field that is left out of an update keeps its value: an empty id
 * removes an authorizer, an empty list removes scopes, an empty value removes a stage variable. The
 * documentation does not say so; Terraform's AWS provider has relied on it for years.
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html
 */
export function createHttpControl(access: HttpAccess, kind: Exclude<ApiKind, "rest">): ApiControl {
  const { client, pace } = access;
  const ApiId = access.address.apiId;
  // The last value read or set: an update must know what to remove without reading each route
  // again.
  const seen = new Map<string, RouteAuthorization>();

  const getAuthorization = async (RouteId: string): Promise<RouteAuthorization> => {
    const route = await pace.call("GetRoute", () => client.send(new GetRouteCommand({ ApiId, RouteId })));
    return authorizationOf(route, route.RouteKey ?? RouteId);
  };

  return {
    read: async () => {
      const state = await readHttp(access, await getHttpApi(access));
      seen.clear();
      for (const { id, authorization } of state.routes) seen.set(id, authorization);
      return state;
    },

    createAuthorizer: async (spec) => {
      const create = () =>
        client.send(
          new CreateAuthorizerCommand({
            ApiId,
            Name: spec.name,
            AuthorizerType: "REQUEST",
            AuthorizerUri: authorizerUri(spec.functionArn),
            ...(spec.credentialsArn !== undefined && { AuthorizerCredentialsArn: spec.credentialsArn }),
            // No identity source: with one, API Gateway answers 401 to a request without it and
            // does not call the function.
            IdentitySource: [],
            // WebSocket APIs have neither payload formats nor a cache, and reject the fields.
            ...(kind === "http" && {
              AuthorizerPayloadFormatVersion: "2.0",
              EnableSimpleResponses: true,
              AuthorizerResultTtlInSeconds: 0,
            }),
          }),
        );
      try {
        return (await pace.call("CreateAuthorizer", create)).AuthorizerId ?? "";
      } catch (error) {
        return existingAuthorizer(error, spec, await readHttpAuthorizers(access).catch(() => []));
      }
    },

    deleteAuthorizer: (AuthorizerId) =>
      ignoreMissing(
        pace.call("DeleteAuthorizer", () =>
          client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId })),
        ),
      ),

    setAuthorization: async (RouteId, to) => {
      const AuthorizationType = v2Type(to);
      const from = seen.get(RouteId) ?? (await getAuthorization(RouteId));
      const authorizerId = to.authorizerId ?? (from.authorizerId === undefined ? undefined : "");
      const scopes = to.scopes ?? (from.scopes === undefined ? undefined : []);
      await pace.call("UpdateRoute", () =>
        client.send(
          new UpdateRouteCommand({
            ApiId,
            RouteId,
            AuthorizationType,
            ...(authorizerId !== undefined && { AuthorizerId: authorizerId }),
            ...(scopes !== undefined && { AuthorizationScopes: [...scopes] }),
          }),
        ),
      );
      seen.set(RouteId, to);
    },

    putGatewayResponse: () => rejectUnsupported("PutGatewayResponse", "gateway responses"),
    deleteGatewayResponse: () => rejectUnsupported("DeleteGatewayResponse", "gateway responses"),

    setStageVariable: async (StageName, name, value) => {
      await pace.call("UpdateStage", () =>
        client.send(new UpdateStageCommand({ ApiId, StageName, StageVariables: { [name]: value ?? "" } })),
      );
    },

    deploy: async ({ stage, description, canaryPercent }) => {
      if (canaryPercent !== undefined) return rejectUnsupported("CreateDeployment", "canaries");
      const { DeploymentId = "" } = await pace.call("CreateDeployment", () =>
        client.send(new CreateDeploymentCommand({ ApiId, StageName: stage, Description: description })),
      );
      return DeploymentId;
    },

    pointStage: async (StageName, DeploymentId) => {
      await pace.call("UpdateStage", () =>
        client.send(new UpdateStageCommand({ ApiId, StageName, DeploymentId })),
      );
    },

    removeCanary: () => Promise.resolve(),

    deleteDeployment: (DeploymentId) =>
      ignoreMissing(
        pace.call("DeleteDeployment", () =>
          client.send(new DeleteDeploymentCommand({ ApiId, DeploymentId })),
        ),
      ),

    flushAuthorizerCache: async (StageName) => {
      if (kind === "websocket") return;
      await pace.call("ResetAuthorizersCache", () =>
        client.send(new ResetAuthorizersCacheCommand({ ApiId, StageName })),
      );
    },

    testAuthorizer: () => Promise.resolve(undefined),
  };
}

function rejectUnsupported(operation: string, what: string): Promise<never> {
  return Promise.reject(
    new ControlError({
      kind: "invalid",
      operation,
      message: `HTTP and WebSocket APIs have no ${what}.`,
      next: "Only REST APIs have them.",
    }),
  );
}

function v2Type({ type }: RouteAuthorization): "NONE" | "AWS_IAM" | "JWT" | "CUSTOM" {
  if (type !== "COGNITO_USER_POOLS") return type;
  throw new ControlError({
    kind: "invalid",
    operation: "UpdateRoute",
    message: "HTTP and WebSocket APIs have no authorization of type COGNITO_USER_POOLS.",
    next: "Nothing was changed. The snapshot belongs to another API.",
  });
}
