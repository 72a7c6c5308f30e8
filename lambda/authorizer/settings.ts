import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE_FILE, ENV } from "../../contract/environment.ts";
import type { AuthorizerSettings } from "../../contract/settings.ts";
import type { CompiledPolicies } from "../../policy/compiled-policies.ts";

/** What the construct put into the environment and beside the bundle. */
export interface Deployment {
  readonly settings: AuthorizerSettings;
  readonly policies: CompiledPolicies;
  readonly tableName: string;
  readonly eventBusName: string;
  /** The folder that holds the bundle and its files */
  readonly folder: string;
}

/**
 * Reads the deployment. Throws when anything is missing: a function that is not configured must not start.
 * Trusts the shapes, which `cdk synth` has checked.
 */
export function readDeployment(environment: Readonly<Record<string, string | undefined>>): Deployment {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
    return value;
  };
  const folder = required("LAMBDA_TASK_ROOT");
  return {
    settings: JSON.parse(required(ENV.settings)),
    policies: JSON.parse(readFileSync(join(folder, BUNDLE_FILE.policy), "utf8")),
    tableName: required(ENV.tableName),
    eventBusName: required(ENV.eventBusName),
    folder,
  };
}
