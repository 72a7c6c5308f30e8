import { canonicalJson, isSame } from "../canonical-json.ts";
import { ENFORCE_VARIABLE, writeEnforcement } from "../decision/enforcement.ts";
import type { ApiState, GatewayResponseState, StageState } from "./api-state.ts";
import type { AttachOptions, AttachPlan, PlanInput, StagePlan } from "./attach-plan.ts";
import { type Attachment, AUTHORIZER_NAME, DEPLOYMENT_MARK } from "./attachment.ts";
import { fingerprint } from "./fingerprint.ts";
import {
  deployedType,
  descriptionOf,
  findAuthorizer,
  isAsking,
  isAttachDeployment,
  roleOf,
  sourceArn,
  statementId,
} from "./recognise.ts";
import { refusals } from "./refusals.ts";
import { chooseRoutes, isGuarded, type RouteChoice } from "./route-choice.ts";
import type { Step } from "./step.ts";
import { effects, warnings } from "./warnings.ts";

/**
 * Plans the steps that attach an API from its present state; no steps if everything is done. Pure.
 * The order of the steps is safe: a run that stops between two of them opens no route that was
 * guarded before, and no client reaches an authorizer that cannot respond.
 */
export function plan(input: PlanInput): AttachPlan {
  const { api, options, attachment } = input;
  const snapshot = attachment?.snapshot;
  // Without a record, routes that have our authorizer now count as having had it before.
  const routes = chooseRoutes(api, options, snapshot ?? ({ api } as Attachment["snapshot"]));
  const stages = coveredStages(api, options, attachment).map((stage) => stagePlan(input, stage));
  const setup = setupSteps(input);
  const release = releaseSteps(routes, attachment);
  const guard = routes
    .filter(({ verdict }) => verdict === "attach" || verdict === "replace")
    .map(({ id, key }): Step => ({ do: "guard-route", routeId: id, key }));
  const changes = [...setup.responses, ...release, ...guard];
  const needsTest = api.kind === "rest" && (setup.authorizer.length > 0 || guard.length > 0);
  const tested = needsTest ? stages.slice(0, 1) : [];
  const target = targetOf(input, routes);
  const covered = new Set(stages.map(({ name }) => name));
  const deploy = api.stages
    .filter(({ name }) => covered.has(name))
    .flatMap((stage) => deploySteps(input, stage, routes, target, changes.length > 0));
  const modes = enforcementSteps(api, stages, options);
  // If the owner has attached every route, no route would use our authorizer; a mode may still be
  // requested.
  const isOthers = attachment === undefined && !routes.some(isGuarded);
  const wantedModes = options.enforce === undefined ? [] : modes;
  const steps = isOthers
    ? wantedModes
    : [
        ...setup.permission,
        ...setup.authorizer,
        ...setup.responses,
        ...tested.map(({ name }): Step => ({ do: "test-authorizer", stage: name })),
        ...modes,
        ...release,
        ...guard,
        ...deploy,
      ];
  return {
    routes,
    stages,
    steps,
    refusals: refusals(input, routes, stages, steps),
    warnings: warnings(input, routes, stages, steps),
    effects: effects(api),
  };
}

function coveredStages(
  { stages }: ApiState,
  options: AttachOptions,
  attachment: Attachment | undefined,
): readonly StageState[] {
  const before = attachment?.stages ?? [];
  if (options.stages !== undefined) {
    const wanted = new Set([...options.stages, ...before]);
    return stages.filter(({ name }) => wanted.has(name));
  }
  return stages.filter(
    ({ name, deploymentId, autoDeploy }) =>
      autoDeploy || (attachment === undefined ? deploymentId !== undefined : before.includes(name)),
  );
}

function stagePlan({ api, options, attachment }: PlanInput, stage: StageState): StagePlan {
  const { enforce, functionArn } = options;
  const before = stage.variables[ENFORCE_VARIABLE];
  const kept = before ?? (isAsking(api, stage, functionArn) ? undefined : modeOf(attachment, stage.name));
  return { name: stage.name, before, enforce: enforce === undefined ? kept : writeEnforcement(enforce) };
}

/**
 * Mode of a stage that does not call the authorizer and has no mode: the recorded one. A change
 * that removed the authorizer may also have removed the variable, and an enforced stage must not
 * become a monitored one.
 */
const modeOf = (attachment: Attachment | undefined, stage: string): string =>
  attachment !== undefined && Object.hasOwn(attachment.enforce, stage)
    ? (attachment.enforce[stage] ?? "none")
    : "none";

function setupSteps({ api, options, permission }: PlanInput) {
  const source = sourceArn(api);
  const grants = options.grant && roleOf(api, options) === undefined && permission !== source;
  const spec = {
    name: AUTHORIZER_NAME,
    functionArn: options.functionArn,
    ...(options.credentialsArn !== undefined && { credentialsArn: options.credentialsArn }),
  };
  const exists = findAuthorizer(api, options.functionArn) !== undefined;
  return {
    permission: grants
      ? [
          {
            do: "grant-invoke",
            statementId: statementId(api.id),
            sourceArn: source,
            replaces: permission !== undefined,
          } satisfies Step,
        ]
      : [],
    authorizer: exists ? [] : [{ do: "create-authorizer", spec } satisfies Step],
    responses: wantedResponses(api, options)
      .filter((wanted) => !api.gatewayResponses.some((now) => isSame(now, wanted)))
      .map((response): Step => ({ do: "put-gateway-response", response })),
  };
}

/** Returns the gateway responses that are ours, or that the plan makes ours. */
function wantedResponses(api: ApiState, options: AttachOptions): readonly GatewayResponseState[] {
  if (api.kind !== "rest") return [];
  return options.gatewayResponses.filter((wanted) => {
    const now = api.gatewayResponses.find(({ type }) => type === wanted.type);
    return now === undefined || options.replaceGatewayResponses || isSame(now, wanted);
  });
}

function releaseSteps(routes: readonly RouteChoice[], attachment: Attachment | undefined): readonly Step[] {
  return routes
    .filter(({ verdict, byUs }) => verdict === "excluded" && byUs)
    .flatMap(({ id, key }) => {
      const to = attachment?.snapshot.api.routes.find((route) => route.key === key)?.authorization;
      return to === undefined ? [] : [{ do: "restore-route", routeId: id, key, to } satisfies Step];
    });
}

function enforcementSteps(
  api: ApiState,
  stages: readonly StagePlan[],
  { functionArn }: AttachOptions,
): readonly Step[] {
  const remembers = api.authorizers.some((one) => one.functionArn === functionArn && one.ttlSeconds > 0);
  return stages
    .filter(({ before, enforce }) => before !== enforce)
    .flatMap(({ name, enforce }): readonly Step[] => [
      { do: "set-enforcement", stage: name, value: enforce },
      // A verdict cached under the old mode would apply until it expires.
      ...(remembers ? [{ do: "flush-cache", stage: name } as const] : []),
    ]);
}

/**
 * Description of a deployment of the planned state; a deployment with another one is older or
 * partly done.
 */
function targetOf({ api, options }: PlanInput, routes: readonly RouteChoice[]): string {
  const guarded = routes
    .filter(isGuarded)
    .map(({ key }) => key)
    .sort();
  const { functionArn } = options;
  const wanted = {
    functionArn,
    role: roleOf(api, options),
    guarded,
    responses: wantedResponses(api, options),
  };
  return `${DEPLOYMENT_MARK} ${fingerprint(canonicalJson(wanted))}`;
}

function deploySteps(
  { api, options, attachment }: PlanInput,
  stage: StageState,
  routes: readonly RouteChoice[],
  target: string,
  changes: boolean,
): readonly Step[] {
  if (stage.autoDeploy) return [];
  const { name, canary, deploymentId } = stage;
  const ourCanary = canary !== undefined && isAttachDeployment(api, canary.deploymentId) ? canary : undefined;
  const isReady = ourCanary !== undefined && descriptionOf(api, ourCanary.deploymentId) === target;
  const end: readonly Step[] = ourCanary === undefined ? [] : [{ do: "remove-canary", stage: name }];
  if (!changes && descriptionOf(api, deploymentId) === target) return end;
  if (options.canaryPercent !== undefined) {
    if (!changes && isReady && ourCanary.percent === options.canaryPercent) return [];
    const { canaryPercent } = options;
    return [...end, { do: "deploy", spec: { stage: name, description: target, canaryPercent } }];
  }
  if (!changes && isReady) return [{ do: "promote", stage: name, deploymentId: ourCanary.deploymentId }];
  // A later deployment by other means already includes our changes.
  const isServed =
    attachment?.status === "attached" &&
    !isAttachDeployment(api, deploymentId) &&
    routes.filter(isGuarded).every(({ key }) => deployedType(stage, key) === "CUSTOM");
  if (!changes && isServed) return end;
  return [...end, { do: "deploy", spec: { stage: name, description: target } }];
}
