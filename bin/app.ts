import { App } from "aws-cdk-lib";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import { loadConfiguration } from "../configuration/read-configuration.ts";
import { APP_CONTEXT } from "../lib/app-context.ts";
import { composeApp } from "../lib/compose-app.ts";
import { SynthesisError } from "../lib/synthesis-error.ts";
import { compilePolicies } from "../policy/compile.ts";
import { PolicyError } from "../policy/policy-error.ts";

const EXPECTED = [ConfigurationError, SynthesisError, PolicyError];

try {
  const app = new App({ context: { ...APP_CONTEXT }, analyticsReporting: false, treeMetadata: false });
  const configuration = loadConfiguration(String(app.node.tryGetContext("config") ?? "sallyport.json"));
  composeApp(app, configuration, compilePolicies(configuration.policies));
  app.synth();
} catch (error) {
  // Any other error is a fault of the app and keeps its stack trace.
  if (!(error instanceof Error && EXPECTED.some((kind) => error instanceof kind))) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
