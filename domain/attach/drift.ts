import type { ApiState, AuthorizerState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import { type AuthorizerFault, authorizerFaults } from "./authorizer-faults.ts";
import { APPLY, type DriftKind, type DriftProblem } from "./drift-problem.ts";
import { findStageProblems } from "./drift-stages.ts";
import { findAuthorizer } from "./recognise.ts";
import { chooseRoutes, type RouteChoice } from "./route-choice.ts";
import { listed } from "./step.ts";

/** Milliseconds after which a run of `apply` or `rollback` that has not ended counts as killed */
const LONGEST_RUN = 3_600_000;

/**
 * Reports how an attached API differs from the state that attaching left. Pure. Does not report
 * what could not be read: the caller reports `ApiState.unread`. API Gateway returns only the
 * authorization type of a deployment's routes, so this does not find a stage that was deployed with
 * another custom authorizer on a route.
 *
 * @param api As it is now; undefined: API Gateway has no API with that id
 * @param now Milliseconds since 1970
 * @returns undefined while `apply` or `rollback` runs: a partly changed API proves nothing
 */
export function findDrift(
  attachment: Attachment,
  api: ApiState | undefined,
  now: number,
): readonly DriftProblem[] | undefined {
  const running = attachment.status !== "attached";
  if (running && now - Date.parse(attachment.updatedAt) < LONGEST_RUN) return undefined;
  if (api === undefined) return [GONE];
  const routes = chooseRoutes(
    api,
    { functionArn: attachment.functionArn, replace: [], exclude: attachment.excluded },
    attachment.snapshot,
  );
  return [
    ...(running ? [notEnded(attachment)] : []),
    ...findAuthorizerProblems(api, attachment),
    ...routes.flatMap((route) => findRouteProblems(route, attachment)),
    ...api.stages.flatMap((stage) => findStageProblems(api, stage, routes, attachment)),
    ...findEndpointProblems(api),
  ];
}

const GONE: DriftProblem = {
  kind: "api-gone",
  subject: "",
  severity: "LOW",
  says: "The API is recorded as attached, but API Gateway no longer has an API with its id.",
  remedy: "If you deleted it, run sallyport attach rollback to remove its permission and its record.",
};

const NO_AUTHORIZER: DriftProblem = {
  kind: "authorizer-gone",
  subject: "",
  severity: "HIGH",
  says: "The API no longer has an authorizer that calls Sallyport.",
  remedy: APPLY,
};

function notEnded({ status }: Attachment): DriftProblem {
  const run = status === "applying" ? "apply" : "rollback";
  return {
    kind: "run-not-ended",
    subject: "",
    severity: "MEDIUM",
    says: `A run of sallyport attach ${run} started more than an hour ago and has not ended, so some routes may not be as planned.`,
    remedy: `Run sallyport attach ${run} again: it continues where it stopped.`,
  };
}

/** Includes authorizers that attaching did not create, if a route calls them. */
function findAuthorizerProblems(api: ApiState, { functionArn }: Attachment): readonly DriftProblem[] {
  const ours = findAuthorizer(api, functionArn);
  const asked = new Set(api.routes.map(({ authorization }) => authorization.authorizerId));
  return [
    ...(ours === undefined ? [NO_AUTHORIZER] : []),
    ...api.authorizers
      .filter((one) => one.functionArn === functionArn && (one.id === ours?.id || asked.has(one.id)))
      .flatMap((one) => describeFaults(one, authorizerFaults(api.kind, one))),
  ];
}

function describeFaults(
  { id, name }: AuthorizerState,
  faults: readonly AuthorizerFault[],
): readonly DriftProblem[] {
  const describe = (
    kind: DriftKind,
    found: readonly AuthorizerFault[],
    remedy: string,
  ): readonly DriftProblem[] =>
    found.length === 0
      ? []
      : [
          {
            kind,
            subject: id,
            severity: kind === "verdicts-cached" ? "HIGH" : "MEDIUM",
            says: `The authorizer ${name.slice(0, 128)} ${found.map(({ says }) => says).join("; and ")}.`,
            remedy,
          },
        ];
  return [
    ...describe(
      "verdicts-cached",
      faults.filter(({ what }) => what === "cached"),
      "Set the authorizer's result TTL to 0.",
    ),
    ...describe(
      "authorizer-changed",
      faults.filter(({ what }) => what !== "cached"),
      "In API Gateway, set its type to REQUEST and remove its identity sources; for an HTTP API, also set payload format 2.0 with simple responses.",
    ),
  ];
}

function findRouteProblems(
  { key, now, verdict }: RouteChoice,
  { guarded }: Attachment,
): readonly DriftProblem[] {
  if (verdict === "attach") {
    const known = guarded.includes(key);
    return [
      {
        kind: "route-unguarded",
        subject: key,
        severity: "HIGH",
        says: known
          ? `${key} no longer has an authorizer: it is open.`
          : `${key} is new or was never attached, and it is open.`,
        remedy: `${APPLY} To leave the route open, name it with --exclude.`,
      },
    ];
  }
  if (verdict !== "protected" || !guarded.includes(key)) return [];
  return [
    {
      kind: "route-diverted",
      subject: key,
      severity: "MEDIUM",
      says: `${key} called Sallyport and now has another authorization (${now}).`,
      remedy: "Attach it again with sallyport attach apply --replace, or leave it out with --exclude.",
    },
  ];
}

function findEndpointProblems({ mutualTlsDomains, executeApiDisabled }: ApiState): readonly DriftProblem[] {
  if (executeApiDisabled || mutualTlsDomains.length === 0) return [];
  return [
    {
      kind: "endpoint-beside-mutual-tls",
      subject: mutualTlsDomains[0] ?? "",
      severity: "HIGH",
      says: `${listed(mutualTlsDomains)} requires client certificates, but the API's execute-api endpoint does not, so clients can bypass the requirement.`,
      remedy: "Disable the API's execute-api endpoint.",
    },
  ];
}
