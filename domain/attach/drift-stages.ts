import { ENFORCE_VARIABLE, readEnforcement } from "../decision/enforcement.ts";
import type { ApiState, StageState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import type { DriftProblem } from "./drift-problem.ts";
import { deployedType, isAttachDeployment } from "./recognise.ts";
import type { RouteChoice } from "./route-choice.ts";
import { listed } from "./step.ts";

/**
 * Reports the problems of one stage; none for a stage that existed before attaching and was not
 * chosen.
 */
export function findStageProblems(
  api: ApiState,
  stage: StageState,
  routes: readonly RouteChoice[],
  attachment: Attachment,
): readonly DriftProblem[] {
  const { name } = stage;
  const before = attachment.snapshot.api.stages.find((one) => one.name === name);
  const covered = attachment.stages.includes(name);
  if (!covered && before !== undefined) return [];
  return [
    ...findDeploymentProblems(api, stage, routes, covered),
    ...findCanaryProblems(api, stage),
    ...findCacheProblems(stage, before),
    ...findEnforcementProblems(stage, attachment.enforce[name], covered),
    ...findOverrideProblems(stage, attachment.enforce[name]),
  ];
}

function findDeploymentProblems(
  { kind }: ApiState,
  stage: StageState,
  routes: readonly RouteChoice[],
  covered: boolean,
): readonly DriftProblem[] {
  if (stage.autoDeploy || stage.deployedRoutes === undefined) return [];
  const open = routes
    .filter(({ key, verdict }) => verdict === "attached" && deployedType(stage, key) === "NONE")
    .map(({ key }) => key);
  if (open.length === 0) return [];
  return [
    {
      kind: "stage-not-redeployed",
      subject: stage.name,
      severity: "HIGH",
      says: covered
        ? `Stage ${stage.name} was deployed without the authorizer on ${listed(open)}: these routes are open on this stage, although the API's configuration has the authorizer.`
        : `Stage ${stage.name} was created after the API was attached and is open on ${listed(open)}.`,
      remedy:
        kind === "rest"
          ? `Deploy the API to stage ${stage.name} with sallyport attach apply --stage ${stage.name}.`
          : `Deploy stage ${stage.name}, or turn on its automatic deployment.`,
    },
  ];
}

/** A canary has its own deployment and stage variables, which are not read here. */
function findCanaryProblems(api: ApiState, { name, canary }: StageState): readonly DriftProblem[] {
  if (canary === undefined || isAttachDeployment(api, canary.deploymentId)) return [];
  return [
    {
      kind: "foreign-canary",
      subject: name,
      severity: "MEDIUM",
      says: `Stage ${name} sends ${canary.percent} % of its traffic to a canary that attaching did not create: the canary may lack the authorizer or enforce another mode.`,
      remedy:
        "Check that the canary's deployment has the authorizer and that it overrides no stage variable; then promote or remove the canary.",
    },
  ];
}

function findCacheProblems(
  { name, cacheEnabled }: StageState,
  before: StageState | undefined,
): readonly DriftProblem[] {
  if (!cacheEnabled || before?.cacheEnabled === true) return [];
  return [
    {
      kind: "responses-cached",
      subject: name,
      severity: "MEDIUM",
      says: `The response cache of stage ${name} is on: one caller may receive another caller's response, unless the cache key identifies the caller.`,
      remedy: "Turn the cache off for guarded routes, or add the Authorization header to the cache key.",
    },
  ];
}

/**
 * Compares the meaning of the modes: a missing variable enforces everything, as `all` does. No mode
 * is recorded for a stage created later.
 */
function findEnforcementProblems(
  { name, variables }: StageState,
  left: string | undefined,
  covered: boolean,
): readonly DriftProblem[] {
  const found = variables[ENFORCE_VARIABLE];
  const [meant, now] = [readEnforcement(left), readEnforcement(found)];
  if (sameMode(meant, now)) return [];
  const present =
    found === undefined
      ? `no ${ENFORCE_VARIABLE}, so everything is enforced`
      : `${ENFORCE_VARIABLE}=${found.slice(0, 100)}`;
  return [
    {
      kind: "enforcement-changed",
      subject: name,
      severity: "HIGH",
      says: covered
        ? `Attaching left stage ${name} ${left === undefined ? "enforcing everything" : `with ${ENFORCE_VARIABLE}=${left}`}; it now has ${present}.`
        : `Stage ${name} was created after the API was attached and has ${present}: routes that are not enforced are open.`,
      remedy: `Run sallyport attach apply --stage ${name} --enforce with the mode that you want.`,
    },
  ];
}

/** A canary may override the mode for its share of the traffic. */
function findOverrideProblems(
  { name, canary }: StageState,
  left: string | undefined,
): readonly DriftProblem[] {
  const found = canary?.overrides?.[ENFORCE_VARIABLE];
  if (found === undefined || sameMode(readEnforcement(left), readEnforcement(found))) return [];
  return [
    {
      kind: "enforcement-changed",
      subject: `${name} canary`,
      severity: "HIGH",
      says: `The canary of stage ${name} overrides ${ENFORCE_VARIABLE} with ${found.slice(0, 100)} for its share of the traffic.`,
      remedy: "Remove the override from the canary's stage variables.",
    },
  ];
}

const sameMode = (one: ReturnType<typeof readEnforcement>, other: typeof one): boolean =>
  one === "all" || other === "all"
    ? one === other
    : one.every((name) => other.includes(name)) && other.every((name) => one.includes(name));
