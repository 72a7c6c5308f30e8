import { canonicalJson, isSame } from "../canonical-json.ts";
import { ENFORCE_VARIABLE } from "../decision/enforcement.ts";
import type { ApiState } from "./api-state.ts";

/**
 * One difference between two states of an API; `before` or `now` is absent where that state has
 * nothing.
 */
export interface Difference {
  /** Such as `route GET /orders` or `stage prod: deployment` */
  readonly what: string;
  /** Canonical JSON; for a stage variable, only that it exists */
  readonly before?: string;
  readonly now?: string;
}

/**
 * Compares two states of an API by name, not by order. Ignores deployments that no stage uses,
 * which are history, and those of stages with automatic deployment, which change with every change.
 */
export function differences(before: ApiState, now: ApiState): readonly Difference[] {
  return [
    ...compare("route", before.routes, now.routes, ({ key }) => key),
    ...compare("authorizer", before.authorizers, now.authorizers, ({ name, id }) => `${name} (${id})`),
    ...compare("gateway response", before.gatewayResponses, now.gatewayResponses, ({ type }) => type),
    ...compare("stage", before.stages.map(comparable), now.stages.map(comparable), ({ name }) => name),
    ...now.stages.flatMap((stage) => variables(before, stage)),
    ...compare("API", [general(before)], [general(now)], () => before.id),
  ];
}

function comparable(stage: ApiState["stages"][number]) {
  const { name, deploymentId, canary, autoDeploy, cacheEnabled } = stage;
  return { name, canary, autoDeploy, cacheEnabled, ...(!autoDeploy && { deploymentId }) };
}

/**
 * Compares variables without showing their values, which may be secrets: the result goes to screens
 * and logs.
 */
function variables(before: ApiState, { name, variables: present }: ApiState["stages"][number]) {
  const old = before.stages.find((stage) => stage.name === name)?.variables;
  if (old === undefined) return [];
  return [...new Set([...Object.keys(old), ...Object.keys(present)])].sort().flatMap((key): Difference[] => {
    const [was, is] = [valueIn(old, key), valueIn(present, key)];
    if (was === is) return [];
    const show = (value: string): string => (key === ENFORCE_VARIABLE ? value : "a value that is not shown");
    return [
      {
        what: `variable ${key} of stage ${name}`,
        ...(was !== undefined && { before: show(was) }),
        ...(is !== undefined && {
          now: was === undefined || key === ENFORCE_VARIABLE ? show(is) : "another value",
        }),
      },
    ];
  });
}

const valueIn = (all: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(all, key) ? all[key] : undefined;

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
