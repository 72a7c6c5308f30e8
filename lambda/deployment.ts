import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE_FILE, ENV } from "../contract/environment.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @throws Error that names the variable if it is not set or empty: a function that is not
 *   configured must not start
 */
export function requiredVariable(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
  return value;
}

/** The folder that holds the bundle and the files beside it. */
export const functionFolder = (environment: Environment): string =>
  requiredVariable(environment, "LAMBDA_TASK_ROOT");

/**
 * Reads the function's settings: from the environment variable where it is set, else from the file
 * beside the bundle. Trusts their shape, which `cdk synth` has checked.
 *
 * @throws Error if there are none, or what is there is not JSON
 */
export function readSettings<Settings>(environment: Environment): Settings {
  const variable = environment[ENV.settings];
  return JSON.parse(variable === undefined || variable === "" ? readSettingsFile(environment) : variable);
}

function readSettingsFile(environment: Environment): string {
  const file = join(functionFolder(environment), BUNDLE_FILE.settings);
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`environment variable ${ENV.settings} is not set, and ${file} cannot be read`, { cause });
  }
}
