import type { ApiState, AuthorizerState, StageState } from "./api-state.ts";
import { type Attachment, ENFORCE_VARIABLE } from "./attachment.ts";
import { deployedType, findAuthorizer } from "./recognise.ts";
import { chooseRoutes, type RouteChoice } from "./route-choice.ts";
import { listed } from "./step.ts";

export type DriftKind =
  | "api-gone"
  | "authorizer-gone"
  | "authorizer-changed"
  | "verdicts-cached"
  | "route-unguarded"
  | "route-diverted"
  | "stage-not-redeployed"
  | "responses-cached"
  | "enforcement-changed"
  | "endpoint-beside-mutual-tls"
  | "run-not-ended";

/** One way in which an attached API is not as attaching left it. */
export interface DriftProblem {
  readonly kind: DriftKind;
  /** What it is about within the API: a route key, a stage, a domain; empty for the API as a whole */
  readonly subject: string;
  readonly severity: "LOW" | "MEDIUM" | "HIGH";
  /** One sentence without a name of the API */
  readonly says: string;
  /** One sentence: what to do about it */
  readonly remedy: string;
}

/** Milliseconds after which a run of `apply` or `rollback` that has not ended is taken for killed */
const LONGEST_RUN = 3_600_000;

const APPLY = "Run sallyport attach plan for it, then apply.";

/**
 * Says how an attached API differs from what attaching left. Pure. Nothing is said of what could not be read: `ApiState.unread` is for the
 * caller to report. Of a deployment API Gateway tells only the type of authorization, so a stage that was deployed with another
 * custom authorizer on a route is not found here.
 *
 * @param api As it is now; undefined: API Gateway has none of that id
 * @param now Milliseconds since 1970
 * @returns undefined while somebody attaches or detaches it: what is half done says nothing
 */
export function findDrift(
  attachment: Attachment,
  api: ApiState | undefined,
  now: number,
): readonly DriftProblem[] | undefined {
  const running = attachment.status !== "attached";
  if (running && now - Date.parse(attachment.updatedAt) < LONGEST_RUN) return undefined;
  if (api === undefined) return [GONE];
  const authorizer = findAuthorizer(api, attachment.functionArn);
  const routes = chooseRoutes(
    api,
    { functionArn: attachment.functionArn, replace: [], exclude: attachment.excluded },
    attachment.snapshot,
  );
  return [
    ...(running ? [notEnded(attachment)] : []),
    ...(authorizer === undefined ? [NO_AUTHORIZER] : judgeAuthorizer(api, authorizer)),
    ...routes.flatMap((route) => judgeRoute(route, attachment)),
    ...api.stages.flatMap((stage) => judgeStage(api, stage, routes, attachment)),
    ...judgeEndpoint(api),
  ];
}

const GONE: DriftProblem = {
  kind: "api-gone",
  subject: "",
  severity: "LOW",
  says: "It is recorded as attached, and API Gateway has no API of that id any more.",
  remedy:
    "If it was deleted on purpose, sallyport attach rollback removes what is left of it: the permission and the record.",
};

const NO_AUTHORIZER: DriftProblem = {
  kind: "authorizer-gone",
  subject: "",
  severity: "HIGH",
  says: "It has no authorizer any more that asks Sallyport.",
  remedy: APPLY,
};

function notEnded({ status }: Attachment): DriftProblem {
  const run = status === "applying" ? "apply" : "rollback";
  return {
    kind: "run-not-ended",
    subject: "",
    severity: "MEDIUM",
    says: `A run of sallyport attach ${run} has not ended for more than an hour, so some of its routes may not be as planned.`,
    remedy: `Run sallyport attach ${run} again: it goes on where it was.`,
  };
}

function judgeAuthorizer({ kind }: ApiState, authorizer: AuthorizerState): readonly DriftProblem[] {
  const { id, ttlSeconds, type, payloadFormat, simpleResponses, identitySources } = authorizer;
  const simple = kind !== "http" || (payloadFormat === "2.0" && simpleResponses === true);
  const unfit = type !== "REQUEST" || !simple || identitySources.length > 0;
  return [
    ...(ttlSeconds > 0
      ? [
          {
            kind: "verdicts-cached",
            subject: id,
            severity: "HIGH",
            says: `Its authorizer reuses verdicts for ${ttlSeconds} seconds: for that long a revoked session or a risen risk counts for nothing, and a bound token works without its proof.`,
            remedy: "Set the authorizer's result TTL to 0.",
          } as const,
        ]
      : []),
    ...(unfit
      ? [
          {
            kind: "authorizer-changed",
            subject: id,
            severity: "MEDIUM",
            says:
              identitySources.length > 0
                ? "Its authorizer has identity sources: API Gateway refuses requests without them by itself, with neither a decision nor an event."
                : "Its authorizer is not of the form that Sallyport answers, so API Gateway answers 500.",
            remedy: "Delete it after moving no route to it, or set it back; then run sallyport attach apply.",
          } as const,
        ]
      : []),
  ];
}

function judgeRoute({ key, now, verdict }: RouteChoice, { guarded }: Attachment): readonly DriftProblem[] {
  if (verdict === "attach") {
    const known = guarded.includes(key);
    return [
      {
        kind: "route-unguarded",
        subject: key,
        severity: "HIGH",
        says: known
          ? `${key} no longer asks Sallyport, nor anything else: it is open.`
          : `${key} is new or was never attached, and open.`,
        remedy: `${APPLY} To leave it open on purpose, name it by --exclude.`,
      },
    ];
  }
  if (verdict !== "protected" || !guarded.includes(key)) return [];
  return [
    {
      kind: "route-diverted",
      subject: key,
      severity: "MEDIUM",
      says: `${key} asked Sallyport and is now protected by something else (${now}).`,
      remedy: "Let it ask Sallyport again by sallyport attach apply --replace, or take it out by --exclude.",
    },
  ];
}

function judgeStage(
  api: ApiState,
  stage: StageState,
  routes: readonly RouteChoice[],
  attachment: Attachment,
): readonly DriftProblem[] {
  const { name } = stage;
  const before = attachment.snapshot.api.stages.find((one) => one.name === name);
  const covered = attachment.stages.includes(name);
  // A stage that was there and was not chosen stays as it was, on purpose.
  if (!covered && before !== undefined) return [];
  const wanted = attachment.enforce[name];
  const found = stage.variables[ENFORCE_VARIABLE];
  return [
    ...judgeDeployment(api, stage, routes, covered),
    ...(stage.cacheEnabled && before?.cacheEnabled !== true
      ? [
          {
            kind: "responses-cached",
            subject: name,
            severity: "MEDIUM",
            says: `The response cache of stage ${name} is on: what one caller was answered may go to another, unless the cache key tells callers apart.`,
            remedy:
              "Turn it off for routes that are guarded, or put the Authorization header into the cache key.",
          } as const,
        ]
      : []),
    ...(wanted !== undefined && wanted !== found
      ? [
          {
            kind: "enforcement-changed",
            subject: name,
            severity: "HIGH",
            says: `Stage ${name} was left with ${ENFORCE_VARIABLE}=${wanted} and has ${found === undefined ? "no such variable, so everything is enforced" : `${found.slice(0, 100)}`} now.`,
            remedy: "Run sallyport attach apply --enforce with what is meant.",
          } as const,
        ]
      : []),
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
    .filter(({ key, byUs, verdict }) => verdict === "attached" && byUs && isOpen(stage, key))
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

const isOpen = (stage: StageState, key: string): boolean => deployedType(stage, key) === "NONE";

function judgeEndpoint({ mutualTlsDomains, executeApiDisabled }: ApiState): readonly DriftProblem[] {
  if (executeApiDisabled || mutualTlsDomains.length === 0) return [];
  return [
    {
      kind: "endpoint-beside-mutual-tls",
      subject: mutualTlsDomains[0] ?? "",
      severity: "HIGH",
      says: `${listed(mutualTlsDomains)} asks for client certificates, and the execute-api address of the same API does not: who uses it needs none.`,
      remedy: "Disable the API's execute-api endpoint.",
    },
  ];
}
