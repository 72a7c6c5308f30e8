import { ENFORCE_VARIABLE, readEnforcement } from "../decision/enforcement.ts";
import type { ApiState, StageState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import type { DriftProblem } from "./drift-problem.ts";
import { deployedType, isAttachDeployment } from "./recognise.ts";
import type { RouteChoice } from "./route-choice.ts";
import { listed } from "./step.ts";

/** What is wrong with one stage. One that was there before and was not chosen stays as it was, on purpose. */
export function judgeStage(
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
    ...judgeDeployment(api, stage, routes, covered),
    ...judgeCanary(api, stage),
    ...judgeCache(stage, before),
    ...judgeEnforcement(stage, attachment.enforce[name], covered),
    ...judgeOverride(stage, attachment.enforce[name]),
  ];
}

function judgeDeployment(
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
        ? `Stage ${stage.name} was deployed without the authorizer on ${listed(open)}: these are open there, whatever the API's configuration says.`
        : `Stage ${stage.name} came after the API was attached and is open on ${listed(open)}.`,
      remedy:
        kind === "rest"
          ? `Deploy the API to stage ${stage.name}; sallyport attach apply --stage ${stage.name} does it.`
          : `Deploy stage ${stage.name}, or turn its automatic deployment on.`,
    },
  ];
}

/** A canary has a deployment and stage variables of its own, of which nothing is known here. */
function judgeCanary(api: ApiState, { name, canary }: StageState): readonly DriftProblem[] {
  if (canary === undefined || isAttachDeployment(api, canary.deploymentId)) return [];
  return [
    {
      kind: "foreign-canary",
      subject: name,
      severity: "MEDIUM",
      says: `Stage ${name} gives ${canary.percent} % of its traffic to a canary that attaching did not make: it may not have the authorizer, or a mode of its own.`,
      remedy:
        "See that its deployment has the authorizer and overrides no stage variable; then promote it, or remove it.",
    },
  ];
}

function judgeCache(
  { name, cacheEnabled }: StageState,
  before: StageState | undefined,
): readonly DriftProblem[] {
  if (!cacheEnabled || before?.cacheEnabled === true) return [];
  return [
    {
      kind: "responses-cached",
      subject: name,
      severity: "MEDIUM",
      says: `The response cache of stage ${name} is on: what one caller was answered may go to another, unless the cache key tells callers apart.`,
      remedy: "Turn it off for routes that are guarded, or put the Authorization header into the cache key.",
    },
  ];
}

/** Compares by what is meant: no variable enforces everything, as `all` does. Nobody has told the mode of a stage that came later. */
function judgeEnforcement(
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
        ? `Stage ${name} was left ${left === undefined ? "enforcing everything" : `with ${ENFORCE_VARIABLE}=${left}`} and has ${present} now.`
        : `Stage ${name} came after the API was attached and has ${present}: what is not enforced is open.`,
      remedy: `Run sallyport attach apply --stage ${name} --enforce with what is meant.`,
    },
  ];
}

/** A canary's share of the traffic may have a mode of its own. */
function judgeOverride({ name, canary }: StageState, left: string | undefined): readonly DriftProblem[] {
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
