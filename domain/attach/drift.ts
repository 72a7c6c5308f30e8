import type { ApiState, AuthorizerState } from "./api-state.ts";
import type { Attachment } from "./attachment.ts";
import { type AuthorizerFault, authorizerFaults } from "./authorizer-faults.ts";
import { APPLY, type DriftKind, type DriftProblem } from "./drift-problem.ts";
import { judgeStage } from "./drift-stages.ts";
import { findAuthorizer } from "./recognise.ts";
import { chooseRoutes, type RouteChoice } from "./route-choice.ts";
import { listed } from "./step.ts";

/** Milliseconds after which a run of `apply` or `rollback` that has not ended is taken for killed */
const LONGEST_RUN = 3_600_000;

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
  const routes = chooseRoutes(
    api,
    { functionArn: attachment.functionArn, replace: [], exclude: attachment.excluded },
    attachment.snapshot,
  );
  return [
    ...(running ? [notEnded(attachment)] : []),
    ...judgeAuthorizers(api, attachment),
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

/** Whoever made it: what counts is that routes ask it. */
function judgeAuthorizers(api: ApiState, { functionArn }: Attachment): readonly DriftProblem[] {
  const ours = findAuthorizer(api, functionArn);
  const asked = new Set(api.routes.map(({ authorization }) => authorization.authorizerId));
  return [
    ...(ours === undefined ? [NO_AUTHORIZER] : []),
    ...api.authorizers
      .filter((one) => one.functionArn === functionArn && (one.id === ours?.id || asked.has(one.id)))
      .flatMap((one) => tellFaults(one, authorizerFaults(api.kind, one))),
  ];
}

function tellFaults(
  { id, name }: AuthorizerState,
  faults: readonly AuthorizerFault[],
): readonly DriftProblem[] {
  const tell = (
    kind: DriftKind,
    told: readonly AuthorizerFault[],
    remedy: string,
  ): readonly DriftProblem[] =>
    told.length === 0
      ? []
      : [
          {
            kind,
            subject: id,
            severity: kind === "verdicts-cached" ? "HIGH" : "MEDIUM",
            says: `The authorizer ${name.slice(0, 128)} ${told.map(({ says }) => says).join("; and ")}.`,
            remedy,
          },
        ];
  return [
    ...tell(
      "verdicts-cached",
      faults.filter(({ what }) => what === "cached"),
      "Set the authorizer's result TTL to 0.",
    ),
    ...tell(
      "authorizer-changed",
      faults.filter(({ what }) => what !== "cached"),
      "Set it back in API Gateway: type REQUEST, no identity sources, and for an HTTP API payload 2.0 with simple responses.",
    ),
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
