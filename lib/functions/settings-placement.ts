import { Stack, Token } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { BUNDLE_FILE, ENV } from "../../contract/environment.ts";
import type { AuthorizerSettings, ScorerSettings } from "../../contract/settings.ts";
import type { CompanionFile } from "./function-bundle.ts";

export interface PlacedSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly companions: readonly CompanionFile[];
}

/**
 * Puts a function's settings into a file beside its bundle, where they may be as long as they like.
 * Settings that hold what CloudFormation alone knows, such as the id of a user pool of the same
 * app, cannot be written before deployment: they go into an environment variable, and so share
 * Lambda's 4 KB.
 */
export function placeSettings(
  scope: IConstruct,
  settings: AuthorizerSettings | ScorerSettings,
): PlacedSettings {
  return holdsToken(settings)
    ? { environment: { [ENV.settings]: Stack.of(scope).toJsonString(settings) }, companions: [] }
    : { environment: {}, companions: [{ name: BUNDLE_FILE.settings, content: JSON.stringify(settings) }] };
}

function holdsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return typeof value === "object" && value !== null && Object.entries(value).flat().some(holdsToken);
}
