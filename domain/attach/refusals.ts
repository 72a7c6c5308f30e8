import { ENFORCE_VARIABLE, readEnforcement } from "../decision/enforcement.ts";
import type { ApiState, AuthorizerState } from "./api-state.ts";
import type { PlanInput, StagePlan } from "./attach-plan.ts";
import { AUTHORIZER_NAME } from "./attachment.ts";
import { authorizerFaults } from "./authorizer-faults.ts";
import { publishRefusals } from "./publish-refusals.ts";
import { findAuthorizer, isAttachDeployment, roleOf } from "./recognise.ts";
import { isGuarded, type RouteChoice } from "./route-choice.ts";
import { listed, type Refusal, type Step } from "./step.ts";

/** Why an API is not attached as it was asked for; none of them: go ahead. */
export function refusals(
  input: PlanInput,
  routes: readonly RouteChoice[],
  stages: readonly StagePlan[],
  steps: readonly Step[],
): readonly Refusal[] {
  return [
    ...ownerRefusals(input),
    ...authorizerRefusals(input),
    ...stageRefusals(input, stages),
    ...routeRefusals(input, routes, stages),
    ...publishRefusals(input, routes, stages, steps),
  ];
}

function ownerRefusals({ api, options, attachment }: PlanInput): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (api.managed === true)
    refusals.push({
      code: "managed-api",
      message: "Another AWS service made this API and keeps it; API Gateway lets nobody else change it.",
      next: "Protect it by that service's own means.",
    });
  // Whoever attached it before has accepted it then.
  if (api.stack !== undefined && !options.acceptDrift && attachment === undefined)
    refusals.push({
      code: "owned-by-stack",
      message: `The stack ${api.stack} owns this API: what is changed here drifts from it, and its next deployment may undo it.`,
      next: "Put the authorizer into the stack's own source (sallyport snippet), or add --accept-drift.",
    });
  if (attachment === undefined && looksAttached(api, options.functionArn))
    refusals.push({
      code: "snapshot-missing",
      message:
        "This API is attached, but neither the table nor a snapshot file tells what it was before that, so it could not be rolled back.",
      next: "Name the table (--table) or the file (--snapshot) that it was attached with.",
    });
  if (attachment !== undefined && attachment.functionArn !== options.functionArn)
    refusals.push({
      code: "other-function",
      message: `This API is attached to ${attachment.functionArn}.`,
      next: "Roll it back first, or name that function with --authorizer.",
    });
  return refusals;
}

function looksAttached(api: ApiState, functionArn: string): boolean {
  const ours = findAuthorizer(api, functionArn)?.id;
  if (ours === undefined) return false;
  // Stages that deploy by themselves leave no deployment of ours; others may have their mode from the owner's own source.
  const isSet = api.stages.some(
    ({ autoDeploy, variables }) => autoDeploy && variables[ENFORCE_VARIABLE] !== undefined,
  );
  const isDeployed = api.deployments.some(({ id }) => isAttachDeployment(api, id));
  const isAsked = api.routes.some(({ authorization }) => authorization.authorizerId === ours);
  return isAsked && (isSet || isDeployed);
}

function authorizerRefusals({ api, options }: PlanInput): readonly Refusal[] {
  const ours = findAuthorizer(api, options.functionArn);
  if (ours !== undefined) return changedAuthorizer(api, ours, roleOf(api, options));
  const namesake = api.authorizers.find(({ name }) => name === AUTHORIZER_NAME);
  if (namesake !== undefined)
    return [
      {
        code: "authorizer-name-taken",
        message: `The API has an authorizer named ${AUTHORIZER_NAME} that asks ${namesake.functionArn ?? "no function"}.`,
        next: "Rename or delete it, or name its function with --authorizer.",
      },
    ];
  return [];
}

function changedAuthorizer(
  { kind }: ApiState,
  authorizer: AuthorizerState,
  wantedRole: string | undefined,
): readonly Refusal[] {
  const { credentialsArn } = authorizer;
  const wrong = [
    ...authorizerFaults(kind, authorizer).map(({ says }) => `it ${says}`),
    ...(credentialsArn === wantedRole ? [] : [`its role is ${credentialsArn ?? "none"}`]),
  ];
  if (wrong.length === 0) return [];
  return [
    {
      code: "authorizer-changed",
      message: `The API's authorizer ${AUTHORIZER_NAME} is not as attaching makes it: ${wrong.join("; ")}.`,
      next: "Set it back in API Gateway (TTL 0, type REQUEST, no identity sources), or give the --credentials-role that it has.",
    },
  ];
}

function stageRefusals({ api, options }: PlanInput, stages: readonly StagePlan[]): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const known = api.stages.map(({ name }) => name);
  const unknown = (options.stages ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    refusals.push({
      code: "unknown-stage",
      message: `The API has no stage ${unknown.join(", ")}.`,
      next: known.length === 0 ? "Deploy the API first." : `Its stages: ${known.join(", ")}.`,
    });
  else if (stages.length === 0)
    refusals.push({
      code: "no-stage",
      message: "The API has no stage with a deployment, so nobody can call it.",
      next: "Deploy it first.",
    });
  const fixed = api.stages.filter(
    ({ name, managed }) => managed === true && stages.some((s) => s.name === name && s.before !== s.enforce),
  );
  if (fixed.length > 0)
    refusals.push({
      code: "managed-stage",
      message: `The stage ${fixed.map(({ name }) => name).join(", ")} was made by quick create: API Gateway lets nobody set its mode, so everything would be enforced there at once.`,
      next: "Create a stage of your own for the API, or put the authorizer into its source (sallyport snippet).",
    });
  const left = api.stages.filter(
    ({ name, autoDeploy }) => autoDeploy && !stages.some((s) => s.name === name),
  );
  if (left.length > 0)
    refusals.push({
      code: "stage-deploys-itself",
      message: `The stage ${left.map(({ name }) => name).join(", ")} deploys every change by itself and cannot be left out.`,
      next: "Name it with --stage too, or turn its automatic deployment off.",
    });
  if (options.canaryPercent !== undefined && api.kind !== "rest")
    refusals.push({
      code: "no-canary",
      message: `${api.kind === "http" ? "HTTP" : "WebSocket"} APIs have no canaries; API Gateway has them for REST APIs alone.`,
      next: "Leave --canary out: the first apply only monitors.",
    });
  for (const { name, canary } of api.stages) {
    const covered = stages.some((stage) => stage.name === name);
    if (!covered || canary === undefined || isAttachDeployment(api, canary.deploymentId)) continue;
    refusals.push({
      code: "foreign-canary",
      message: `The stage ${name} has somebody else's canary with ${canary.percent} % of its traffic, which would go on without the authorizer.`,
      next: "Promote or remove it first, or leave the stage out with --stage.",
    });
  }
  return refusals;
}

function routeRefusals(
  { api, attachment }: PlanInput,
  routes: readonly RouteChoice[],
  stages: readonly StagePlan[],
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (!routes.some(({ verdict }) => ["attach", "attached", "replace"].includes(verdict)))
    refusals.push({
      code: "nothing-to-attach",
      message:
        api.kind === "websocket"
          ? "The API has no open $connect route, the only one that an authorizer can guard."
          : "No route of this API is open, and none that is protected was named by --replace.",
      next: "See the plan for what protects each route.",
    });
  const before = new Map(attachment?.snapshot.api.routes.map((route) => [route.key, route]));
  const replaced = routes.filter(
    (route) =>
      isGuarded(route) &&
      (route.verdict === "replace" || (before.get(route.key)?.authorization.type ?? "NONE") !== "NONE"),
  );
  // A stage that is left out shares the routes: whoever deploys to it lets its mode count.
  const left = api.stages
    .filter(({ name }) => !stages.some((stage) => stage.name === name))
    .map(({ name, variables }) => ({ name, enforce: variables[ENFORCE_VARIABLE] }));
  const lenient = [...stages, ...left].filter(({ enforce }) => readEnforcement(enforce) !== "all");
  if (replaced.length > 0 && lenient.length > 0)
    refusals.push({
      code: "would-open",
      message: `${listed(replaced.map(({ key }) => key))}: protected until attached; ${lenient.map(({ name, enforce }) => `the stage ${name} enforces ${enforce}`).join(", ")}, and a route that is only monitored is open.`,
      next: "Add --enforce all, or leave --replace out.",
    });
  const unknown = routes.filter(
    ({ verdict, byUs, key }) => verdict === "excluded" && byUs && !before.has(key),
  );
  if (unknown.length > 0)
    refusals.push({
      code: "unknown-before",
      message: `${listed(unknown.map(({ key }) => key))}: asks the authorizer, and no snapshot tells what it asked before.`,
      next: "Leave it in, or set its authorization yourself.",
    });
  return refusals;
}
