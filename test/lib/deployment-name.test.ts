import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { ConfigurationInput } from "../../configuration/schema.ts";
import { METRIC_NAMESPACE } from "../../contract/metrics.ts";
import { createTelemetry } from "../../lambda/telemetry.ts";
import { composeApp } from "../../lib/compose-app.ts";
import { SallyportStack } from "../../lib/sallyport-stack.ts";
import { SynthesisError } from "../../lib/synthesis-error.ts";
import { bareApp, configure, NO_POLICIES, resourcesOf, synthesize } from "../support/lib/synthesize.ts";

/** Two deployments in one app, as two configurations in one account would be. */
function sideBySide(one: Partial<ConfigurationInput>, other: Partial<ConfigurationInput>) {
  const app = bareApp();
  const composed = [one, other].map((parts) => composeApp(app, configure(parts), NO_POLICIES));
  return composed.map(({ sallyport, demo }) => ({
    sallyport,
    demo,
    template: Template.fromStack(sallyport),
  }));
}

const named = (parts: Partial<ConfigurationInput>, type: string, property: string): string[] =>
  Object.values(resourcesOf(synthesize(parts).core, type)).flatMap(
    ({ Properties }) => Properties[property] ?? [],
  );

test("a deployment without a name keeps the names of its stacks and parameters", () => {
  const { sallyport, demo } = synthesize({ demo: true });
  expect([sallyport.stackName, demo?.stackName]).toEqual(["Sallyport", "SallyportDemo"]);
  expect(named({}, "AWS::SSM::Parameter", "Name")).toContain("/sallyport/authorizer-arn");
});

test("stacks and parameters of a named deployment carry its name", () => {
  const { sallyport, demo } = synthesize({ name: "staging", demo: true });
  expect([sallyport.stackName, demo?.stackName]).toEqual(["Sallyport-staging", "SallyportDemo-staging"]);
  expect(named({ name: "staging" }, "AWS::SSM::Parameter", "Name")).toEqual([
    "/sallyport/staging/authorizer-arn",
    "/sallyport/staging/table-name",
    "/sallyport/staging/event-bus-name",
  ]);
});

test("a stated prefix of parameters stays as it is", () => {
  expect(configure({ name: "staging", parameterPrefix: "/own" }).parameterPrefix).toBe("/own");
});

test("two deployments in one account share no physical name, and neither refers to the other", () => {
  const [one, other] = sideBySide({}, { name: "staging" });
  const namesIn = (template?: Template) =>
    Object.values(template?.toJSON().Resources as Record<string, { Properties?: object }>).flatMap(
      ({ Properties = {} }) =>
        Object.entries(Properties)
          .filter(([key, value]) => /Name$/.test(key) && typeof value === "string")
          .map(([key, value]) => `${key} ${value}`),
    );
  // An inline policy's name belongs to its role, which CloudFormation names after the stack.
  const isName = (text: string) => !/^(MetricName|AttributeName|PolicyName) /.test(text);
  const [ours, theirs] = [namesIn(one?.template), namesIn(other?.template)].map((all) => all.filter(isName));
  expect(ours?.length).toBeGreaterThan(3);
  expect(theirs?.length).toBe(ours?.length);
  expect(ours?.filter((name) => theirs?.includes(name))).toEqual([]);
  for (const { sallyport } of [one, other].flatMap((each) => each ?? [])) {
    expect(sallyport.dependencies).toEqual([]);
  }
});

test("every rule of a deployment listens on the deployment's own bus", () => {
  for (const { template } of sideBySide({}, { name: "staging" })) {
    const buses = Object.keys(resourcesOf(template, "AWS::Events::EventBus"));
    const rules = Object.values(resourcesOf(template, "AWS::Events::Rule"));
    expect(rules.length).toBeGreaterThan(0);
    for (const { Properties } of rules) expect(buses).toContain(Properties.EventBusName.Ref);
  }
});

const asEntry = ({ Name, Value }: { Name: string; Value: string }) => [Name, Value];

test("alarms of a named deployment watch its own metrics, and others as before", () => {
  for (const [name, expected] of [
    ["staging", "staging"],
    [undefined, undefined],
  ] as const) {
    const { core } = synthesize({ ...(name !== undefined && { name }), driftMinutes: 60 });
    const own = Object.values(resourcesOf(core, "AWS::CloudWatch::Alarm")).filter(
      ({ Properties }) => Properties.Namespace === METRIC_NAMESPACE,
    );
    expect(own.length).toBeGreaterThan(10);
    for (const { Properties } of own) {
      expect(Object.fromEntries(Properties.Dimensions.map(asEntry)).deployment).toBe(expected);
    }
    for (const { Properties } of Object.values(resourcesOf(core, "AWS::Lambda::Function"))) {
      expect(Properties.Environment?.Variables?.SALLYPORT_DEPLOYMENT).toBe(expected);
    }
  }
});

test("a function emits its metrics with the deployment's name, if it has one", () => {
  const dimensions = (env: NodeJS.ProcessEnv) => {
    const lines: string[] = [];
    const spy = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    const before = { ...process.env };
    Object.assign(process.env, { POWERTOOLS_DEV: "true", POWERTOOLS_METRICS_DISABLED: "false" });
    try {
      createTelemetry("sallyport-authorizer", env).measure({ name: "Faults", value: 1, unit: "Count" });
    } finally {
      process.env = before;
      spy.mockRestore();
    }
    const { deployment, service, _aws } = JSON.parse(lines.join(""));
    return { deployment, service, names: _aws.CloudWatchMetrics[0].Dimensions[0].toSorted() };
  };
  const service = "sallyport-authorizer";
  expect(dimensions({})).toEqual({ service, names: ["service"] });
  expect(dimensions({ SALLYPORT_DEPLOYMENT: "staging" })).toEqual({
    ...{ service, deployment: "staging" },
    names: ["deployment", "service"],
  });
});

describe("a clash in one app", () => {
  const add = (app: ReturnType<typeof bareApp>, id: string, parts: Partial<ConfigurationInput>) =>
    new SallyportStack(app, id, { configuration: configure(parts), policies: NO_POLICIES });

  test.each([
    [{}, {}],
    [{ name: "a" }, { name: "a" }],
    [{ name: "a" }, { parameterPrefix: "/sallyport/a" }],
    [{ region: "eu-west-1" }, { region: "eu-west-1" }],
  ])("%j and %j are refused, with both stacks and what to set", (one, other) => {
    const app = bareApp();
    add(app, "One", one);
    expect(() => add(app, "Other", other)).toThrow(SynthesisError);
    expect(() => add(app, "Third", other)).toThrow(/^Third and One have the same SSM parameters.*"name"/);
  });

  test("other names and other Regions are none", () => {
    const app = bareApp();
    new Stack(app, "Unrelated");
    add(app, "One", {});
    add(app, "Two", { name: "two" });
    add(app, "Three", { region: "eu-west-1" });
    expect(() => add(app, "Four", { region: "us-east-1" })).not.toThrow();
  });
});

test.each(["Staging", "a_b", "-a", "a-", "", "a".repeat(33), "1a"])("the name %j is refused", (name) => {
  expect(() => configure({ name })).toThrow(/name/);
});
