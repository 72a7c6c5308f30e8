import type { ApiState, AuthorizerState, StageState } from "./api-state.ts";
import { AUTHORIZER_NAME, DEPLOYMENT_MARK, ROLLBACK_MARK, type Snapshot } from "./attachment.ts";

/** Id of the statement in the authorizer function's resource policy. */
export const statementId = (apiId: string): string => `sallyport-${apiId}`;

/**
 * The source that the statement allows to invoke the function: the authorizers of this API, not its
 * integrations. It does not name one authorizer: a person who may add an authorizer to the API may
 * also use the existing one on any route.
 */
export const sourceArn = ({
  partition,
  region,
  accountId,
  id,
}: Pick<ApiState, "partition" | "region" | "accountId" | "id">): string =>
  `arn:${partition}:execute-api:${region}:${accountId}:${id}/authorizers/*`;

/**
 * Returns the authorizer that attaching made, or one like it; undefined if the API has no
 * authorizer of that name and function.
 */
export const findAuthorizer = ({ authorizers }: ApiState, functionArn: string): AuthorizerState | undefined =>
  authorizers.find((one) => one.name === AUTHORIZER_NAME && one.functionArn === functionArn);

/**
 * Returns the role that API Gateway assumes to invoke the function: the requested one, or else the
 * authorizer's.
 */
export const roleOf = (
  api: ApiState,
  { functionArn, credentialsArn }: { readonly functionArn: string; readonly credentialsArn?: string },
): string | undefined => credentialsArn ?? findAuthorizer(api, functionArn)?.credentialsArn;

/** Whether attaching made this deployment. */
export const isAttachDeployment = (api: ApiState, deploymentId: string | undefined): boolean =>
  descriptionOf(api, deploymentId).startsWith(DEPLOYMENT_MARK);

/** Whether rolling back made this deployment. */
export const isRollbackDeployment = (api: ApiState, deploymentId: string | undefined): boolean =>
  descriptionOf(api, deploymentId).startsWith(ROLLBACK_MARK);

export const descriptionOf = ({ deployments }: ApiState, deploymentId: string | undefined): string =>
  deployments.find(({ id }) => id === deploymentId)?.description ?? "";

/**
 * Whether the function may already authorize requests to the stage, through an authorizer of any
 * name: the owner's code may have attached it, also with another alias.
 */
export function isAsking(api: ApiState, stage: StageState, functionArn: string): boolean {
  const wanted = withoutAlias(functionArn);
  const asking = new Set(
    api.authorizers
      .filter((one) => one.functionArn !== undefined && withoutAlias(one.functionArn) === wanted)
      .map(({ id }) => id),
  );
  const guarded = api.routes.filter(({ authorization }) => asking.has(authorization.authorizerId ?? ""));
  if (stage.autoDeploy) return guarded.length > 0;
  return (
    isAttachDeployment(api, stage.deploymentId) ||
    isAttachDeployment(api, stage.canary?.deploymentId) ||
    guarded.some(({ key }) => deployedType(stage, key) === "CUSTOM")
  );
}

/** `arn:…:function:<name>:<alias>` → `arn:…:function:<name>` */
const withoutAlias = (functionArn: string): string => functionArn.split(":").slice(0, 7).join(":");

export const deployedType = ({ deployedRoutes }: StageState, key: string) =>
  deployedRoutes !== undefined && Object.hasOwn(deployedRoutes, key) ? deployedRoutes[key]?.type : undefined;

/**
 * Whether the authorizer existed before the API was attached, so that rollback must not remove it.
 */
export const wasThere = (snapshot: Snapshot | undefined, authorizer: AuthorizerState | undefined): boolean =>
  authorizer !== undefined && snapshot?.api.authorizers.some(({ id }) => id === authorizer.id) === true;
