import { ENV } from "../../contract/environment.ts";
import type { ScorerSettings } from "../../contract/settings.ts";
import { localTime } from "../../domain/time.ts";

/** What the construct put into the environment. */
export interface Deployment {
  readonly settings: ScorerSettings;
  readonly tableName: string;
  readonly findingsQueueUrl: string;
  /** The folder that holds the bundle and its files */
  readonly folder: string;
}

/**
 * Reads the deployment. Throws when anything is missing or the time zone is unknown: a function that is not configured
 * must not start. Trusts the other settings' shapes, which `cdk synth` has checked.
 */
export function readDeployment(environment: Readonly<Record<string, string | undefined>>): Deployment {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
    return value;
  };
  const settings: ScorerSettings = JSON.parse(required(ENV.settings));
  localTime(0, settings.timeZone);
  return {
    settings,
    tableName: required(ENV.tableName),
    findingsQueueUrl: required(ENV.findingsQueueUrl),
    folder: required("LAMBDA_TASK_ROOT"),
  };
}
