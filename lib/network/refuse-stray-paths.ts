import type { IConstruct } from "constructs";
import { appResources } from "./app-resources.ts";
import type { DeclaredNetwork } from "./declared-network.ts";
import { strayPaths } from "./reachability.ts";

/**
 * Makes synthesis fail on every resource of the app that opens a path which the network did not
 * declare. Judges what the templates will say: raw resources, overrides, other stacks and stages
 * count.
 * @see strayPaths for what it does not see
 */
export function refuseStrayPaths(network: IConstruct, declare: () => DeclaredNetwork): void {
  network.node.addValidation({ validate: () => strayPaths(appResources(network.node.root), declare()) });
}
