import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { Configuration } from "../configuration/read-configuration.ts";
import type { CompiledPolicies } from "../policy/compiled-policies.ts";
import { SallyportDemo } from "./demo/sallyport-demo.ts";
import type { FunctionEntries } from "./sallyport-core.ts";
import { boundaryOf, SallyportStack } from "./sallyport-stack.ts";

export interface ComposedApp {
  readonly sallyport: SallyportStack;
  /** Present if the configuration asks for the demo */
  readonly demo?: SallyportDemo;
}

/**
 * Puts the stacks into the app, and cdk-nag's AwsSolutions rules over them: synthesis fails on a
 * finding that no one has acknowledged with a reason.
 */
export function composeApp(
  app: App,
  configuration: Configuration,
  policies: CompiledPolicies,
  entries: Partial<FunctionEntries> = {},
): ComposedApp {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const suffix = configuration.name === undefined ? "" : `-${configuration.name}`;
  const sallyport = new SallyportStack(app, `Sallyport${suffix}`, { configuration, policies, entries });
  if (!configuration.demo) return { sallyport };
  const demo = new SallyportDemo(app, `SallyportDemo${suffix}`, {
    authorizerArn: sallyport.core.authorizer.function.functionArn,
    allowOrigin: configuration.cors.allowOrigin,
    ...boundaryOf(configuration),
    ...(configuration.region !== undefined && { env: { region: configuration.region } }),
  });
  return { sallyport, demo };
}
