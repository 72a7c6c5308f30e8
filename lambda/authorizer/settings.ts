import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE_FILE, ENV } from "../../contract/environment.ts";
import type { AuthorizerSettings } from "../../contract/settings.ts";
import type { DecisionDigests } from "../../domain/decision/digest.ts";
import type { CompiledPolicies } from "../../policy/compiled-policies.ts";
import { type Environment, functionFolder, readSettings, requiredVariable } from "../deployment.ts";

/** What the construct put into the environment and beside the bundle. */
export interface Deployment {
  readonly settings: AuthorizerSettings;
  readonly policies: CompiledPolicies;
  readonly digests: DecisionDigests;
  readonly tableName: string;
  readonly eventBusName: string;
  /** The folder that holds the bundle and its files */
  readonly folder: string;
  /** PEM */
  readonly extraAuthority?: string;
}

/**
 * Reads the deployment. Throws when anything is missing; trusts the shapes, which `cdk synth` has
 * checked.
 */
export function readDeployment(environment: Environment): Deployment {
  const folder = functionFolder(environment);
  const authority = join(folder, BUNDLE_FILE.extraAuthority);
  return {
    settings: readSettings(environment),
    policies: JSON.parse(readFileSync(join(folder, BUNDLE_FILE.policy), "utf8")),
    digests: JSON.parse(readFileSync(join(folder, BUNDLE_FILE.digests), "utf8")),
    tableName: requiredVariable(environment, ENV.tableName),
    eventBusName: requiredVariable(environment, ENV.eventBusName),
    folder,
    ...(existsSync(authority) && { extraAuthority: readFileSync(authority, "utf8") }),
  };
}
