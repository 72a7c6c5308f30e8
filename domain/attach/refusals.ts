import { ENFORCE_VARIABLE, readEnforcement } from "../decision/enforcement.ts";
import type { ApiState, AuthorizerState } from "./api-state.ts";
import type { PlanInput, StagePlan } from "./attach-plan.ts";
import { AUTHORIZER_NAME } from "./attachment.ts";
import { authorizerFaults } from "./authorizer-faults.ts";
import { publishRefusals } from "./publish-refusals.ts";
import { findAuthorizer, isAttachDeployment, roleOf } from "./recognise.ts";
import { isGuarded, type RouteChoice } from "./route-choice.ts";
import { listed, type Refusal, type Step } from "./step.ts";

/** Returns the reasons not to attach an API as requested; none: apply may start. */
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
      message: "Another AWS service manages this API; API Gateway allows only that service to change it.",
      next: "Protect the API with that service's own settings.",
    });
  // An earlier apply has already accepted the drift.
  if (api.stack !== undefined && !options.acceptDrift && attachment === undefined)
    refusals.push({
      code: "owned-by-stack",
      message: `The stack ${api.stack} owns this API: attaching makes the API drift from the stack, and the stack's next deployment may undo it.`,
      next: "Add the authorizer to the stack's source (sallyport snippet), or add --accept-drift.",
    });
  if (attachment === undefined && looksAttached(api, options.functionArn))
    refusals.push({
      code: "snapshot-missing",
      message:
        "This API is attached, but neither the table nor a snapshot file holds its earlier state, so it could not be rolled back.",
      next: "Name the table (--table) or the file (--snapshot) that was used to attach it.",
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
  // Stages with automatic deployment have no deployment of ours; other stages may have their mode
  // from the owner's source.
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
  const sameName = api.authorizers.find(({ name }) => name === AUTHORIZER_NAME);
  if (sameName !== undefined)
    return [
      {
        code: "authorizer-name-taken",
        message: `The API already has an authorizer named ${AUTHORIZER_NAME}, which calls ${sameName.functionArn ?? "no function"}.`,
        next: "Rename or delete that authorizer, or name its function with --authorizer.",
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
      message: `The API's authorizer ${AUTHORIZER_NAME} differs from what attaching creates: ${wrong.join("; ")}.`,
      next: "Correct it in API Gateway (TTL 0, type REQUEST, no identity sources), or pass its role with --credentials-role.",
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
      message: `The API has no stage named ${unknown.join(", ")}.`,
      next: known.length === 0 ? "Deploy the API first." : `Its stages: ${known.join(", ")}.`,
    });
  else if (stages.length === 0)
    refusals.push({
      code: "no-stage",
      message: "The API has no stage with a deployment, so clients cannot call it.",
      next: "Deploy the API first.",
    });
  const fixed = api.stages.filter(
    ({ name, managed }) => managed === true && stages.some((s) => s.name === name && s.before !== s.enforce),
  );
  if (fixed.length > 0)
    refusals.push({
      code: "managed-stage",
      message: `The stage ${fixed.map(({ name }) => name).join(", ")} was made by quick create: API Gateway does not allow its mode to be set, so everything would be enforced on it at once.`,
      next: "Create another stage for the API, or add the authorizer to the API's source (sallyport snippet).",
    });
  const left = api.stages.filter(
    ({ name, autoDeploy }) => autoDeploy && !stages.some((s) => s.name === name),
  );
  if (left.length > 0)
    refusals.push({
      code: "stage-deploys-itself",
      message: `The stage ${left.map(({ name }) => name).join(", ")} deploys every change automatically and cannot be left out.`,
      next: "Name it with --stage too, or turn off its automatic deployment.",
    });
  if (options.canaryPercent !== undefined && api.kind !== "rest")
    refusals.push({
      code: "no-canary",
      message: `${api.kind === "http" ? "HTTP" : "WebSocket"} APIs have no canaries; API Gateway supports them only for REST APIs.`,
      next: "Omit --canary: the first apply only monitors.",
    });
  for (const { name, canary } of api.stages) {
    const covered = stages.some((stage) => stage.name === name);
    if (!covered || canary === undefined || isAttachDeployment(api, canary.deploymentId)) continue;
    refusals.push({
      code: "foreign-canary",
      message: `The stage ${name} has a canary that attaching did not create, with ${canary.percent} % of its traffic; that traffic would continue without the authorizer.`,
      next: "Promote or remove the canary first, or leave the stage out with --stage.",
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
          ? "The API has no open $connect route, the only route that an authorizer can guard."
          : "No route of this API is open, and --replace names no protected route.",
      next: "See in the plan what protects each route.",
    });
  const before = new Map(attachment?.snapshot.api.routes.map((route) => [route.key, route]));
  const replaced = routes.filter(
    (route) =>
      isGuarded(route) &&
      (route.verdict === "replace" || (before.get(route.key)?.authorization.type ?? "NONE") !== "NONE"),
  );
  // A stage that is left out shares the routes: a later deployment to it puts its mode into effect.
  const left = api.stages
    .filter(({ name }) => !stages.some((stage) => stage.name === name))
    .map(({ name, variables }) => ({ name, enforce: variables[ENFORCE_VARIABLE] }));
  const lenient = [...stages, ...left].filter(({ enforce }) => readEnforcement(enforce) !== "all");
  if (replaced.length > 0 && lenient.length > 0)
    refusals.push({
      code: "would-open",
      message: `${listed(replaced.map(({ key }) => key))}: attaching would remove the present protection; ${lenient.map(({ name, enforce }) => `the stage ${name} enforces ${enforce}`).join(", ")}, and a route that is only monitored is open.`,
      next: "Add --enforce all, or omit --replace.",
    });
  const unknown = routes.filter(
    ({ verdict, byUs, key }) => verdict === "excluded" && byUs && !before.has(key),
  );
  if (unknown.length > 0)
    refusals.push({
      code: "unknown-before",
      message: `${listed(unknown.map(({ key }) => key))}: has the authorizer, and no snapshot holds its earlier authorization.`,
      next: "Keep the route attached, or set its authorization yourself.",
    });
  return refusals;
}
