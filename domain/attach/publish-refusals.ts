import { readEnforcement } from "../decision/enforcement.ts";
import type { PlanInput, StagePlan } from "./attach-plan.ts";
import { deployedType } from "./recognise.ts";
import { isGuarded, type RouteChoice } from "./route-choice.ts";
import { listed, type Refusal, type Step } from "./step.ts";

/**
 * A deployment publishes the whole configuration: what somebody protected where it is deployed, and has opened in the configuration since, would
 * be open, or be open as far as it is only monitored.
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
      // What we deployed ourselves is CUSTOM where it was not so before us.
      if (live === "CUSTOM" && before.has(route.key) && before.get(route.key) !== "CUSTOM") return false;
      return isGuarded(route) ? isLenient : route.now === "NONE";
    });
    if (opened.length === 0) return [];
    const keys = listed(opened.map(({ key }) => key));
    return [
      {
        code: "would-publish-open",
        message: `${keys}: protected where the stage ${stage.name} is deployed, but open in the API's present configuration, which attaching would deploy.`,
        next: "Let its owner protect it in the configuration, or deploy that; or add --enforce all if it is to be guarded.",
      },
    ];
  });
}
