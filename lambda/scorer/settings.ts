import { ENV } from "../../contract/environment.ts";
import type { ScorerSettings } from "../../contract/settings.ts";
import { localTime } from "../../domain/time.ts";
import { type Environment, functionFolder, readSettings, requiredVariable } from "../deployment.ts";

/** What the construct put into the environment and beside the bundle. */
export interface Deployment {
  readonly settings: ScorerSettings;
  readonly tableName: string;
  readonly findingsQueueUrl: string;
  /** The folder that holds the bundle and its files */
  readonly folder: string;
}

/**
 * Reads the deployment. Throws when anything is missing or the time zone is unknown.
 * Trusts the other settings' shapes, which `cdk synth` has checked.
 */
export function readDeployment(environment: Environment): Deployment {
  const settings = readSettings<ScorerSettings>(environment);
  localTime(0, settings.timeZone);
  return {
    settings,
    tableName: requiredVariable(environment, ENV.tableName),
    findingsQueueUrl: requiredVariable(environment, ENV.findingsQueueUrl),
    folder: functionFolder(environment),
  };
}
