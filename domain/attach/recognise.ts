import type { ApiState, AuthorizerState, StageState } from "./api-state.ts";
import { AUTHORIZER_NAME, DEPLOYMENT_MARK, ROLLBACK_MARK, type Snapshot } from "./attachment.ts";

/** Id of the statement in the authorizer function's resource policy. */
export const statementId = (apiId: string): string => `sallyport-${apiId}`;

/**
 * What the statement lets invoke the function: the authorizers of this one API, none of its integrations. Not one authorizer by id:
 * whoever may add one to the API may also let any route ask the one that is there.
 */
export const sourceArn = ({
  partition,
  region,
  accountId,
  id,
}: Pick<ApiState, "partition" | "region" | "accountId" | "id">): string =>
  `arn:${partition}:execute-api:${region}:${accountId}:${id}/authorizers/*`;

/** The authorizer that attaching made in this API, or would have made; undefined if there is none of that name and function. */
export const findAuthorizer = ({ authorizers }: ApiState, functionArn: string): AuthorizerState | undefined =>
  authorizers.find((one) => one.name === AUTHORIZER_NAME && one.functionArn === functionArn);

/** The role that API Gateway assumes to invoke the function: the one that is asked for, or else the one that the authorizer has. */
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
 * Whether a request to the stage may be answered by the function already, by an authorizer of whatever name: its owner's code may have
 * attached it, by another alias too.
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

/** Whether the authorizer was there before the API was attached, and so is not ours to remove. */
export const wasThere = (snapshot: Snapshot | undefined, authorizer: AuthorizerState | undefined): boolean =>
  authorizer !== undefined && snapshot?.api.authorizers.some(({ id }) => id === authorizer.id) === true;
