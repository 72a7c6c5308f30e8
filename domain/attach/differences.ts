import type { ApiState } from "./api-state.ts";
import { canonicalJson, isSame } from "./canonical.ts";

/** One place where an API is not as it was; a side is absent where there was, or is, nothing. */
export interface Difference {
  /** Such as `route GET /orders` or `stage prod: deployment` */
  readonly what: string;
  /** Canonical JSON */
  readonly before?: string;
  readonly now?: string;
}

/**
 * Compares two states of an API by name, not by order. Deployments that no stage points to are history, not configuration, and those
 * of a stage that deploys by itself change with every change; neither counts.
 */
export function differences(before: ApiState, now: ApiState): readonly Difference[] {
  return [
    ...compare("route", before.routes, now.routes, ({ key }) => key),
    ...compare("authorizer", before.authorizers, now.authorizers, ({ name, id }) => `${name} (${id})`),
    ...compare("gateway response", before.gatewayResponses, now.gatewayResponses, ({ type }) => type),
    ...compare("stage", before.stages.map(comparable), now.stages.map(comparable), ({ name }) => name),
    ...compare("API", [general(before)], [general(now)], () => before.id),
  ];
}

function comparable(stage: ApiState["stages"][number]) {
  const { name, deploymentId, canary, variables, autoDeploy, cacheEnabled } = stage;
  return { name, canary, variables, autoDeploy, cacheEnabled, ...(!autoDeploy && { deploymentId }) };
}

function general(api: ApiState) {
  const { name, endpointTypes, executeApiDisabled, corsConfigured, routeSelection } = api;
  return { name, endpointTypes, executeApiDisabled, corsConfigured, routeSelection };
}

function compare<T>(
  what: string,
  before: readonly T[],
  now: readonly T[],
  nameOf: (one: T) => string,
): readonly Difference[] {
  const [old, present] = [byName(before, nameOf), byName(now, nameOf)];
  return [...new Set([...old.keys(), ...present.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), present.get(name)];
    if (isSame(was, is)) return [];
    return [
      {
        what: `${what} ${name}`,
        ...(was !== undefined && { before: canonicalJson(was) }),
        ...(is !== undefined && { now: canonicalJson(is) }),
      },
    ];
  });
}

const byName = <T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> =>
  new Map(all.map((one) => [nameOf(one), one]));
