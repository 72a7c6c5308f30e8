import type { RouteState } from "./api-state.ts";
import { deployedType, isAttachDeployment } from "./recognise.ts";
import type { RestoreInput, StageRestore } from "./restore-plan.ts";
import { listed, type Refusal } from "./step.ts";

/** Refuses a snapshot of another API. */
export function placeRefusals({ api, attachment }: RestoreInput): readonly Refusal[] {
  const { api: then } = attachment.snapshot;
  const isIt =
    then.id === api.id &&
    then.region === api.region &&
    then.accountId === api.accountId &&
    then.kind === api.kind;
  if (isIt) return [];
  return [
    {
      code: "other-api",
      message: `The snapshot is of the ${then.kind} API ${then.id} in ${then.region}, account ${then.accountId}, not of ${api.id} in ${api.region}, account ${api.accountId}.`,
      next: "Name the snapshot of this API.",
    },
  ];
}

/** Refuses to end a canary that attaching did not create. */
export function canaryRefusals({ api }: RestoreInput, stages: readonly StageRestore[]): readonly Refusal[] {
  return api.stages
    .filter(
      ({ canary }, at) =>
        canary !== undefined &&
        !isAttachDeployment(api, canary.deploymentId) &&
        stages[at]?.steps.some((step) => step.do === "point-stage" || step.do === "deploy"),
    )
    .map(({ name, canary }) => ({
      code: "foreign-canary",
      message: `The stage ${name} has a canary that attaching did not create, with ${canary?.percent} % of its traffic; a new deployment would end the canary.`,
      next: "Promote or remove the canary first, then roll back.",
    }));
}

/** Refuses to deploy routes that were opened in the configuration and not deployed. */
export function publishRefusals(
  { api, attachment }: RestoreInput,
  asking: readonly RouteState[],
  stages: readonly StageRestore[],
): readonly Refusal[] {
  const before = new Map(
    attachment.snapshot.api.routes.map((route) => [route.key, route.authorization.type]),
  );
  const freed = new Set(asking.map(({ key }) => key));
  return api.stages.flatMap((stage, at): readonly Refusal[] => {
    if (stages[at]?.steps.some((step) => step.do === "deploy") !== true) return [];
    const opened = api.routes.filter(({ key, authorization }) => {
      const live = deployedType(stage, key);
      // CUSTOM may be our authorizer, which rollback removes.
      if (live === undefined || live === "NONE" || live === "CUSTOM") return false;
      return (freed.has(key) ? (before.get(key) ?? "NONE") : authorization.type) === "NONE";
    });
    if (opened.length === 0) return [];
    return [
      {
        code: "would-publish-open",
        message: `${listed(opened.map(({ key }) => key))}: protected in the present deployment of the stage ${stage.name}, but open in the API's configuration, which rollback would deploy.`,
        next: "Protect the route in the configuration, or deploy the configuration yourself, then roll back.",
      },
    ];
  });
}
