import { canonicalJson, isSame } from "../canonical-json.ts";
import { ENFORCE_VARIABLE } from "../decision/enforcement.ts";
import type { ApiState } from "./api-state.ts";

/** One place where an API is not as it was; a side is absent where there was, or is, nothing. */
export interface Difference {
  /** Such as `route GET /orders` or `stage prod: deployment` */
  readonly what: string;
  /** Canonical JSON; of a stage's variable only that it is there */
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
    ...now.stages.flatMap((stage) => variables(before, stage)),
    ...compare("API", [general(before)], [general(now)], () => before.id),
  ];
}

function comparable(stage: ApiState["stages"][number]) {
  const { name, deploymentId, canary, autoDeploy, cacheEnabled } = stage;
  return { name, canary, autoDeploy, cacheEnabled, ...(!autoDeploy && { deploymentId }) };
}

/** By name alone: their values may be secrets, and this is for screens and logs. */
function variables(before: ApiState, { name, variables: present }: ApiState["stages"][number]) {
  const old = before.stages.find((stage) => stage.name === name)?.variables;
  if (old === undefined) return [];
  return [...new Set([...Object.keys(old), ...Object.keys(present)])].sort().flatMap((key): Difference[] => {
    const [was, is] = [valueIn(old, key), valueIn(present, key)];
    if (was === is) return [];
    const tell = (value: string): string => (key === ENFORCE_VARIABLE ? value : "a value that is not shown");
    return [
      {
        what: `variable ${key} of stage ${name}`,
        ...(was !== undefined && { before: tell(was) }),
        ...(is !== undefined && {
          now: was === undefined || key === ENFORCE_VARIABLE ? tell(is) : "another value",
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
