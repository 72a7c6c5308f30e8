import { isSame } from "../canonical-json.ts";
import { readEnforcement } from "../decision/enforcement.ts";
import type { ApiState, StageState } from "./api-state.ts";
import type { PlanInput, StagePlan } from "./attach-plan.ts";
import { authorizerWarnings } from "./authorizer-warnings.ts";
import { isGuarded, methodOf, type RouteChoice, unmatchedExclusions } from "./route-choice.ts";
import { listed, type Notice, type Step } from "./step.ts";

/** Returns what may surprise the owner of the API. */
export function warnings(
  input: PlanInput,
  routes: readonly RouteChoice[],
  stages: readonly StagePlan[],
  steps: readonly Step[],
): readonly Notice[] {
  const { api } = input;
  return [
    ...ownerWarnings(input),
    ...authorizerWarnings(input, steps),
    ...endpointWarnings(api),
    ...api.stages.flatMap((stage) => stageWarnings(api, stage, routes, stages, steps)),
    ...preflightWarnings(api, routes),
    ...routeWarnings(api, routes),
    ...exclusionWarnings(input),
    ...responseWarnings(input),
    ...sharedResponseWarnings(routes, steps),
  ];
}

/** Returns what is true of every attached API of this kind. */
export function effects({ kind }: ApiState): readonly Notice[] {
  return [
    {
      code: "invocations",
      message:
        kind === "websocket"
          ? "Each new connection invokes the authorizer once; messages on it do not."
          : "Each request to a guarded route invokes the authorizer once (verdicts are not cached): its concurrency must cover the API's peak. Throttling by stage and usage plan does not change.",
    },
    ...(kind === "rest"
      ? [
          {
            code: "cors",
            message:
              "The gateway responses have CORS headers, so that browsers can read a denial; OPTIONS methods stay open.",
          },
        ]
      : []),
  ];
}

function ownerWarnings({ api, options, attachment }: PlanInput): readonly Notice[] {
  if (api.stack === undefined || (!options.acceptDrift && attachment === undefined)) return [];
  return [
    {
      code: "drift",
      message: `The stack ${api.stack} does not contain the authorizer: the stack's next deployment may remove it.`,
    },
  ];
}

function endpointWarnings(api: ApiState): readonly Notice[] {
  const { executeApiDisabled, mutualTlsDomains, endpointTypes, kind } = api;
  const found: Notice[] = (api.unread ?? []).map(({ part, why }) => ({
    code: "unread",
    message: `Could not read ${part.replaceAll("-", " ")}. ${why}`,
  }));
  if (mutualTlsDomains.length > 0 && !executeApiDisabled)
    found.push({
      code: "mtls-bypass",
      message: `${listed(mutualTlsDomains)} requires client certificates, but the API's execute-api endpoint is enabled and does not, so clients can bypass the requirement. Disable the execute-api endpoint.`,
    });
  if (endpointTypes.includes("PRIVATE"))
    found.push({
      code: "private",
      message: "A private API can be verified only from a network that reaches its VPC endpoint.",
    });
  if (endpointTypes.includes("EDGE"))
    found.push({
      code: "edge",
      message:
        "An edge-optimised API does not receive client certificates: requests with certificate-bound tokens are denied.",
    });
  if (kind === "websocket")
    found.push({
      code: "connect-only",
      message:
        "API Gateway calls an authorizer only for $connect; a connection stays open after its session is revoked, until it closes.",
    });
  return found;
}

function stageWarnings(
  api: ApiState,
  stage: StageState,
  routes: readonly RouteChoice[],
  stages: readonly StagePlan[],
  steps: readonly Step[],
): readonly Notice[] {
  const { name } = stage;
  const planned = stages.find((one) => one.name === name);
  if (planned === undefined)
    return [
      {
        code: "stage-not-covered",
        message: `The stage ${name} is left out. After the next deployment to it, its routes call the authorizer too, and everything is enforced.`,
      },
    ];
  const found: Notice[] = [];
  const pending = steps.some((step) => step.do === "deploy" && step.spec.stage === name);
  const undeployed = pending ? undeployedRoutes(api, stage, routes) : [];
  if (undeployed.length > 0)
    found.push({
      code: "undeployed-changes",
      message: `Deploying to ${name} also publishes other changes that were not deployed: ${listed(undeployed)}.`,
    });
  if (stage.cacheEnabled)
    found.push({
      code: "response-cache",
      message: `The stage ${name} caches responses. API Gateway calls the authorizer first, but all allowed callers share a cached body unless the cache key identifies the caller, for example by the Authorization header.`,
    });
  if (planned.enforce === undefined)
    found.push({
      code: "all-enforced",
      message: `The stage ${name} has no mode set, so everything is enforced.`,
    });
  else if (isSegments(planned.enforce) && planned.before !== planned.enforce)
    found.push({
      code: "segments-unchecked",
      message: `The stage ${name} enforces the segments ${planned.enforce}. The plan does not check that the deployed policies have these segments: if one is missing, everything is enforced.`,
    });
  else if (readEnforcement(planned.enforce) === "all" && planned.before !== planned.enforce)
    found.push({
      code: "enforcing",
      message: `The stage ${name} starts to deny: it rejects requests without a token that the policies allow.`,
    });
  return found;
}

/**
 * Returns the methods whose deployed form differs from the configured one for reasons other than
 * attaching.
 */
function undeployedRoutes(
  api: ApiState,
  { deployedRoutes }: StageState,
  routes: readonly RouteChoice[],
): readonly string[] {
  if (deployedRoutes === undefined) return [];
  const touched = new Set(routes.filter((route) => isGuarded(route) || route.byUs).map(({ key }) => key));
  const present = new Set(api.routes.map(({ key }) => key));
  const changed = api.routes.flatMap(({ key, authorization, apiKeyRequired }) => {
    const deployed = Object.hasOwn(deployedRoutes, key) ? deployedRoutes[key] : undefined;
    if (deployed === undefined) return [`${key} (new)`];
    const isOther =
      deployed.apiKeyRequired !== apiKeyRequired ||
      (!touched.has(key) && deployed.type !== authorization.type);
    return isOther ? [key] : [];
  });
  const removed = Object.keys(deployedRoutes).filter((key) => !present.has(key));
  return [...changed, ...removed.map((key) => `${key} (removed)`)];
}

function preflightWarnings(api: ApiState, routes: readonly RouteChoice[]): readonly Notice[] {
  if (api.kind === "websocket" || api.corsConfigured) return [];
  const options = new Set(
    routes.filter(({ key }) => methodOf(key) === "OPTIONS").map(({ key }) => key.replace("OPTIONS ", "")),
  );
  const optionsRoutes = routes.filter((route) => {
    const method = methodOf(route.key);
    const takesAll = route.key === "$default" || method === "ANY";
    return takesAll && isGuarded(route) && !options.has(route.key.replace("ANY ", ""));
  });
  if (optionsRoutes.length === 0) return [];
  return [
    {
      code: "preflight-guarded",
      message: `${listed(optionsRoutes.map(({ key }) => key))}: also matches OPTIONS requests. A browser's preflight request has no token, so it is denied once the stage enforces. Add an OPTIONS route${api.kind === "http" ? " or configure CORS" : ""} if browsers call it.`,
    },
  ];
}

function routeWarnings({ kind }: ApiState, routes: readonly RouteChoice[]): readonly Notice[] {
  if (kind === "websocket") return [];
  const broad = routes.filter(
    (route) => isGuarded(route) && (route.key === "$default" || route.key.includes("+}")),
  );
  if (broad.length === 0) return [];
  return [
    {
      code: "catch-all",
      message: `${listed(broad.map(({ key }) => key))}: matches many paths. Policies receive the path of the request, and segments must name that path.`,
    },
  ];
}

/** Warns about misspelt patterns, whose routes would be guarded. */
function exclusionWarnings({ api, options }: PlanInput): readonly Notice[] {
  const unmatched = unmatchedExclusions(api, options.exclude);
  if (unmatched.length === 0) return [];
  return [
    {
      code: "exclusion-unmatched",
      message: `${listed(unmatched.map((pattern) => JSON.stringify(pattern)))}: --exclude matches no route. The pattern must match a whole route key as the plan shows it.`,
    },
  ];
}

const isSegments = (enforce: string): boolean => {
  const read = readEnforcement(enforce);
  return read !== "all" && read.length > 0;
};

function responseWarnings({ api, options }: PlanInput): readonly Notice[] {
  if (api.kind !== "rest") return [];
  const kept = options.gatewayResponses.filter((wanted) => {
    const now = api.gatewayResponses.find(({ type }) => type === wanted.type);
    return now !== undefined && !isSame(now, wanted);
  });
  if (kept.length === 0) return [];
  const names = kept.map(({ type }) => type).join(", ");
  return [
    options.replaceGatewayResponses
      ? { code: "responses-replaced", message: `The API's own gateway responses are replaced: ${names}.` }
      : {
          code: "responses-kept",
          message: `The API's own gateway responses stay: ${names}. Denials may lack the reason, the WWW-Authenticate challenge and CORS headers; --replace-gateway-responses replaces them with Sallyport's.`,
        },
  ];
}

/** Gateway responses apply to the whole API, not to a route. */
function sharedResponseWarnings(routes: readonly RouteChoice[], steps: readonly Step[]): readonly Notice[] {
  const others = routes.filter(({ verdict }) => verdict === "protected").map(({ key }) => key);
  if (others.length === 0 || !steps.some((step) => step.do === "put-gateway-response")) return [];
  return [
    {
      code: "responses-shared",
      message: `${listed(others)}: has another protection and uses the same gateway responses: a 403 from its authorizer becomes a 401 without a reason.`,
    },
  ];
}
