import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { type Configuration, readConfiguration } from "../../../configuration/read-configuration.ts";
import type { ConfigurationInput } from "../../../configuration/schema.ts";
import { APP_CONTEXT } from "../../../lib/app-context.ts";
import { type ComposedApp, composeApp } from "../../../lib/compose-app.ts";
import type { CompiledPolicies } from "../../../policy/compiled-policies.ts";

/** Policies that permit nothing; templates do not depend on what they say. */
export const NO_POLICIES: CompiledPolicies = { schema: {}, policies: {}, segments: {} };

const outputs = mkdtempSync(join(tmpdir(), "sallyport-synth-"));
afterAll(() => rmSync(outputs, { recursive: true, force: true }));

/**
 * An app that bundles nothing: templates name the sources' folders. CDK's own rules for templates
 * take seconds to load, so they are left to the tests that ask for them.
 */
export function bareApp({
  withRulesOfCdk = false,
  flags = {},
}: {
  withRulesOfCdk?: boolean;
  flags?: Readonly<Record<string, unknown>>;
} = {}): App {
  return new App({
    builtinCloudFormationValidation: withRulesOfCdk,
    outdir: mkdtempSync(join(outputs, "app-")),
    context: { ...APP_CONTEXT, ...flags, "aws:cdk:bundling-stacks": [] },
    analyticsReporting: false,
    treeMetadata: false,
  });
}

export function configure(parts: Partial<ConfigurationInput> = {}): Configuration {
  const issuers = [
    {
      preset: "oidc",
      issuer: "https://id.example.com",
      audience: ["api"],
      jwksUri: "https://id.example.com/keys",
    },
  ];
  return readConfiguration(JSON.stringify({ issuers, ...parts }), "sallyport.json");
}

/** Issuers with names of usual length. */
export const manyIssuers = (count: number): ConfigurationInput["issuers"] =>
  Array.from({ length: count }, (_, index) => ({
    preset: "oidc",
    issuer: `https://issuer-number-${index}.example.com/with/a/long/path/to/it`,
    audience: ["https://api.example.com/some/long/audience"],
    jwksUri: `https://issuer-number-${index}.example.com/keys`,
  }));

export interface Synthesized extends ComposedApp {
  readonly app: App;
  readonly core: Template;
}

export function synthesize(parts: Partial<ConfigurationInput> = {}): Synthesized {
  const app = bareApp();
  const composed = composeApp(app, configure(parts), NO_POLICIES);
  return { app, ...composed, core: Template.fromStack(composed.sallyport) };
}

/** All resources of a type, by logical id. */
export const resourcesOf = (template: Template, type: string): Record<string, Resource> =>
  template.findResources(type) as Record<string, Resource>;

export interface Resource {
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as open as that
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}
