import type { ApiState, RouteState } from "../../../domain/attach/api-state.ts";

export const routeOf = (state: ApiState, key: string): RouteState => {
  const route = state.routes.find((one) => one.key === key);
  if (route === undefined) throw new Error(`no route ${key}`);
  return route;
};
export const stageOf = (state: ApiState, name: string) => state.stages.find((stage) => stage.name === name);

/**
 * What rollback has to put back. Where a stage deploys by itself, each change makes a deployment,
 * and the one before is gone.
 */
export const configuration = ({ deployments: _, stages, ...state }: ApiState) => ({
  ...state,
  stages: stages.map(({ deploymentId, ...stage }) => ({
    ...stage,
    ...(!stage.autoDeploy && { deploymentId }),
  })),
});
