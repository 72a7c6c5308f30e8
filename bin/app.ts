import { App } from "aws-cdk-lib";
import { loadConfiguration } from "../configuration/read-configuration.ts";
import { APP_CONTEXT } from "../lib/app-context.ts";
import { composeApp } from "../lib/compose-app.ts";
import { SynthesisError } from "../lib/synthesis-error.ts";
import { compilePolicies } from "../policy/compile.ts";
import { PolicyError } from "../policy/policy-error.ts";

try {
  const app = new App({ context: { ...APP_CONTEXT }, analyticsReporting: false, treeMetadata: false });
  const configuration = loadConfiguration(String(app.node.tryGetContext("config") ?? "sallyport.json"));
  composeApp(app, configuration, compilePolicies(configuration.policies));
  app.synth();
} catch (error) {
  // These say all that the operator needs; anything else is a fault of ours and keeps its stack trace.
  if (!(error instanceof SynthesisError || error instanceof PolicyError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
