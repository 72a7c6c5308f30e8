import { readEnforcement } from "../decision/enforcement.ts";
import type { PlanInput, StagePlan } from "./attach-plan.ts";
import { deployedType } from "./recognise.ts";
import { isGuarded, type RouteChoice } from "./route-choice.ts";
import { listed, type Refusal, type Step } from "./step.ts";

/**
 * Refuses to deploy routes that are protected in the present deployment and open, or only
 * monitored, in the configuration: a deployment publishes the whole configuration.
 */
export function publishRefusals(
  { api, attachment }: PlanInput,
  routes: readonly RouteChoice[],
  stages: readonly StagePlan[],
  steps: readonly Step[],
): readonly Refusal[] {
  const before = new Map(
    attachment?.snapshot.api.routes.map((route) => [route.key, route.authorization.type]),
  );
  return api.stages.flatMap((stage): readonly Refusal[] => {
    const planned = stages.find(({ name }) => name === stage.name);
    if (
      planned === undefined ||
      !steps.some((step) => step.do === "deploy" && step.spec.stage === stage.name)
    )
      return [];
    const isLenient = readEnforcement(planned.enforce) !== "all";
    const opened = routes.filter((route) => {
      const live = deployedType(stage, route.key);
      if (live === undefined || live === "NONE") return false;
      // A route that is CUSTOM now and was not before attaching has our authorizer.
      if (live === "CUSTOM" && before.has(route.key) && before.get(route.key) !== "CUSTOM") return false;
      return isGuarded(route) ? isLenient : route.now === "NONE";
    });
    if (opened.length === 0) return [];
    const keys = listed(opened.map(({ key }) => key));
    return [
      {
        code: "would-publish-open",
        message: `${keys}: protected in the present deployment of the stage ${stage.name}, but open in the API's configuration, which attaching would deploy.`,
        next: "Protect the route in the configuration, or deploy the configuration first; or add --enforce all to guard it.",
      },
    ];
  });
}
