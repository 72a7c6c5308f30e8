import { canonicalJson, isSame } from "../canonical-json.ts";
import type { ApiState, RouteState } from "./api-state.ts";
import { ATTACHMENT_VERSION, type LaterChanges, type Snapshot } from "./attachment.ts";
import { isAttachDeployment, isRollbackDeployment } from "./recognise.ts";

/** SHA-256 of a text, base64url */
export type Digest = (text: string) => string;

/** Returns the digest that a snapshot must have. */
export const digestOf = (snapshot: Omit<Snapshot, "digest">, digest: Digest): string => {
  const { version, takenAt, api, later } = snapshot;
  return digest(canonicalJson({ version, takenAt, api, later }));
};

export function takeSnapshot(api: ApiState, takenAt: string, digest: Digest): Snapshot {
  const content = { version: ATTACHMENT_VERSION, takenAt, api } as const;
  return { ...content, digest: digestOf(content, digest) };
}

/**
 * Adds to a snapshot the present state of what a run is about to change: routes that were created
 * or changed after the snapshot was taken, and stages that were deployed since by other means.
 * Changes nothing else in the snapshot.
 * @param toGuard keys of the routes that are about to get the authorizer
 */
export function extendSnapshot(
  snapshot: Snapshot,
  api: ApiState,
  toGuard: readonly string[],
  digest: Digest,
): Snapshot {
  const wanted = new Set(toGuard);
  const known = new Map(snapshot.api.routes.map((route) => [route.key, route]));
  const fresh = api.routes.filter((route) => wanted.has(route.key) && !isSame(known.get(route.key), route));
  const before = snapshot.later ?? { revision: 0, routes: [], stages: [] };
  const deployed = api.stages
    .filter(
      ({ name, autoDeploy, deploymentId }) =>
        !autoDeploy &&
        deploymentId !== undefined &&
        !isAttachDeployment(api, deploymentId) &&
        !isRollbackDeployment(api, deploymentId) &&
        snapshot.api.stages.find((stage) => stage.name === name)?.deploymentId !== deploymentId,
    )
    .map(({ name }) => name);
  const stages = union(before.stages, deployed);
  if (fresh.length === 0 && stages.length === before.stages.length) return snapshot;
  const later: LaterChanges = {
    revision: before.revision + 1,
    routes: union(
      before.routes,
      fresh.map(({ key }) => key),
    ),
    stages,
  };
  const replaced = new Map<string, RouteState>(fresh.map((route) => [route.key, route]));
  const routes = [
    ...snapshot.api.routes.map((route) => replaced.get(route.key) ?? route),
    ...fresh.filter(({ key }) => !known.has(key)),
  ];
  const content = { ...snapshot, api: { ...snapshot.api, routes }, later };
  return { ...content, digest: digestOf(content, digest) };
}

/**
 * Returns the more complete of two snapshots of the same moment; undefined if they are of different
 * moments or differ otherwise.
 */
export function newerSnapshot(one: Snapshot, other: Snapshot): Snapshot | undefined {
  if (one.digest === other.digest) return one;
  if (one.takenAt !== other.takenAt || one.api.id !== other.api.id) return undefined;
  const [a, b] = [one.later?.revision ?? 0, other.later?.revision ?? 0];
  return a === b ? undefined : a > b ? one : other;
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] =>
  [...new Set([...one, ...other])].sort();
