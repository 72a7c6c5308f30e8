import type { IConstruct } from "constructs";
import { appResources } from "./app-resources.ts";
import type { DeclaredNetwork } from "./declared-network.ts";
import { findUndeclaredPaths } from "./reachability.ts";

/**
 * Makes synthesis fail on every resource of the app that opens a path which the network did not
 * declare. Judges what the templates will say: raw resources, overrides, other stacks and stages
 * count.
 * @see findUndeclaredPaths for what it does not see
 */
export function addPathValidation(network: IConstruct, declare: () => DeclaredNetwork): void {
  network.node.addValidation({
    validate: () => findUndeclaredPaths(appResources(network.node.root), declare()),
  });
}
