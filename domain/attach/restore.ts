import { isSame } from "../canonical-json.ts";
import { ENFORCE_VARIABLE } from "../decision/enforcement.ts";
import type { GatewayResponseState, RouteState, StageState } from "./api-state.ts";
import { ROLLBACK_MARK } from "./attachment.ts";
import {
  deployedType,
  findAuthorizer,
  isAttachDeployment,
  isRollbackDeployment,
  sourceArn,
  statementId,
  wasThere,
} from "./recognise.ts";
import type { RestoreInput, RestorePlan, StageRestore } from "./restore-plan.ts";
import { canaryRefusals, placeRefusals, publishRefusals } from "./restore-refusals.ts";
import { listed, type Refusal, type Step } from "./step.ts";

/**
 * Plans the steps that restore an API to its snapshot, from any partly done attach or rollback; no
 * steps if nothing of ours is left. Changes only what attaching made. Pure. The order of the steps
 * is safe: routes and stages stop using the authorizer before its mode, the authorizer and its
 * permission are removed.
 */
export function restore(input: RestoreInput): RestorePlan {
  const { api, attachment, grant, permission } = input;
  const { snapshot } = attachment;
  const ours = findAuthorizer(api, attachment.functionArn);
  const removable = wasThere(snapshot, ours) ? undefined : ours;
  const before = new Map(snapshot.api.routes.map((route) => [route.key, route.authorization.authorizerId]));
  const asking = api.routes.filter(({ key, authorization: { authorizerId } }) => {
    if (ours === undefined || authorizerId !== ours.id) return false;
    // The owner's new routes may use an authorizer that existed before attaching.
    return before.has(key) ? before.get(key) !== ours.id : removable !== undefined;
  });
  const routes = restoreRoutes(input, asking);
  const stages = api.stages.map((stage) => restoreStage(input, stage, asking));
  const kept = new Set([
    ...snapshot.api.deployments.map(({ id }) => id),
    ...stages.flatMap(({ serves }) => (serves === undefined ? [] : [serves])),
  ]);
  const obsolete = api.deployments.filter(
    ({ id }) => !kept.has(id) && (isAttachDeployment(api, id) || isRollbackDeployment(api, id)),
  );
  return {
    steps: [
      ...routes.steps,
      ...restoreResponses(input),
      ...stages.flatMap(({ steps }) => steps),
      ...obsolete.map(({ id }): Step => ({ do: "delete-deployment", deploymentId: id })),
      ...(removable === undefined
        ? []
        : [{ do: "delete-authorizer", authorizerId: removable.id } satisfies Step]),
      ...api.stages.flatMap((stage) => restoreVariable(input, stage)),
      ...(grant && permission === sourceArn(api)
        ? [{ do: "revoke-invoke", statementId: statementId(api.id) } satisfies Step]
        : []),
    ],
    refusals: [
      ...placeRefusals(input),
      ...routes.refusals,
      ...canaryRefusals(input, stages),
      ...publishRefusals(input, asking, stages),
    ],
    warnings: stages.flatMap(({ warnings }) => warnings),
  };
}

function restoreRoutes(
  { api, attachment, openNewRoutes }: RestoreInput,
  asking: readonly RouteState[],
): { readonly steps: readonly Step[]; readonly refusals: readonly Refusal[] } {
  const before = new Map(attachment.snapshot.api.routes.map((route) => [route.key, route.authorization]));
  const present = new Set(api.authorizers.map(({ id }) => id));
  const unknown = openNewRoutes ? [] : asking.filter(({ key }) => !before.has(key));
  const orphans = asking.filter(({ key }) => {
    const authorizerId = before.get(key)?.authorizerId;
    return authorizerId !== undefined && !present.has(authorizerId);
  });
  const refusals: Refusal[] = [];
  if (unknown.length > 0)
    refusals.push({
      code: "new-routes",
      message: `${listed(unknown.map(({ key }) => key))}: calls Sallyport and is not in the snapshot; rollback would open it.`,
      next: "Protect the route in another way first, or add --open-new-routes.",
    });
  if (orphans.length > 0)
    refusals.push({
      code: "authorizer-gone",
      message: `${listed(orphans.map(({ key }) => key))}: the authorizer that it had before attaching was deleted.`,
      next: "Set the authorization of these routes yourself, then roll back.",
    });
  return {
    steps: asking.map(({ id, key }) => ({
      do: "restore-route",
      routeId: id,
      key,
      to: before.get(key) ?? { type: "NONE" },
    })),
    refusals,
  };
}

function restoreResponses({ api, attachment, gatewayResponses }: RestoreInput): readonly Step[] {
  if (api.kind !== "rest") return [];
  const find = (responses: readonly GatewayResponseState[], type: string) =>
    responses.find((response) => response.type === type);
  return gatewayResponses.flatMap((ours): readonly Step[] => {
    const now = find(api.gatewayResponses, ours.type);
    const before = find(attachment.snapshot.api.gatewayResponses, ours.type);
    if (!isSame(now, ours) || isSame(now, before)) return [];
    return before === undefined
      ? [{ do: "delete-gateway-response", type: ours.type }]
      : [{ do: "put-gateway-response", response: before }];
  });
}

function restoreStage(input: RestoreInput, stage: StageState, asking: readonly RouteState[]): StageRestore {
  const { api, attachment } = input;
  const { name, deploymentId, canary } = stage;
  if (stage.autoDeploy) return { steps: [], ...(deploymentId && { serves: deploymentId }), warnings: [] };
  const before = attachment.snapshot.api.stages.find((one) => one.name === name);
  const ends: readonly Step[] =
    isAttachDeployment(api, canary?.deploymentId) && canary?.deploymentId !== before?.canary?.deploymentId
      ? [{ do: "remove-canary", stage: name }]
      : [];
  if (!mayAsk(input, stage, asking))
    return { steps: ends, ...(deploymentId && { serves: deploymentId }), warnings: [] };
  const target = before?.deploymentId;
  const isThere = target !== undefined && api.deployments.some(({ id }) => id === target);
  if (isThere && isAttachDeployment(api, deploymentId) && !hasMovedOn(input, stage))
    return {
      steps: [...ends, { do: "point-stage", stage: name, deploymentId: target }],
      serves: target,
      warnings: [],
    };
  return {
    steps: [
      ...ends,
      { do: "deploy", spec: { stage: name, description: `${ROLLBACK_MARK}: as before attaching` } },
    ],
    warnings: [
      {
        code: "new-deployment",
        message: `The stage ${name} was deployed after attaching, or its earlier deployment was deleted: rollback makes a new deployment of the API's present configuration.`,
      },
    ],
  };
}

/** Whether requests to the stage may still reach the authorizer. */
function mayAsk(
  { api, attachment }: RestoreInput,
  stage: StageState,
  asking: readonly RouteState[],
): boolean {
  const { snapshot } = attachment;
  const { deploymentId } = stage;
  if (deploymentId === undefined) return false;
  if (isAttachDeployment(api, deploymentId))
    return !snapshot.api.deployments.some(({ id }) => id === deploymentId);
  const isOlder = snapshot.api.deployments.some(({ id }) => id === deploymentId);
  if (isOlder || isRollbackDeployment(api, deploymentId)) return false;
  // Another deployment, made while routes had the authorizer: it holds the authorization type, not
  // the authorizer's id.
  if (stage.deployedRoutes === undefined) return true;
  const askingKeys = new Set(asking.map(({ key }) => key));
  const before = new Map(snapshot.api.routes.map((route) => [route.key, route.authorization.type]));
  return api.routes.some(
    ({ key }) =>
      deployedType(stage, key) === "CUSTOM" && (askingKeys.has(key) || before.get(key) !== undefined),
  );
}

/** Whether the API had changes before attaching that the snapshot's deployment does not have. */
function hasMovedOn({ attachment }: RestoreInput, stage: StageState): boolean {
  const { api: then, later } = attachment.snapshot;
  if (later === undefined) return false;
  if (later.stages.includes(stage.name)) return true;
  const served = then.stages.find(({ name }) => name === stage.name)?.deployedRoutes;
  const isServed = (key: string): boolean => served !== undefined && Object.hasOwn(served, key);
  // Without the deployment's routes, a route that we guarded and deployed counts as live.
  const isLive = (key: string): boolean =>
    stage.deployedRoutes === undefined || deployedType(stage, key) !== undefined;
  return later.routes.some((key) => !isServed(key) && isLive(key));
}

function restoreVariable({ attachment }: RestoreInput, stage: StageState): readonly Step[] {
  const before = attachment.snapshot.api.stages.find(({ name }) => name === stage.name);
  const value = before?.variables[ENFORCE_VARIABLE];
  if (stage.variables[ENFORCE_VARIABLE] === value) return [];
  return [{ do: "set-enforcement", stage: stage.name, value }];
}
