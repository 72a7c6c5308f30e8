import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, CfnOutput, CfnResource, Fn, Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Code, Function as LambdaCode, Runtime } from "aws-cdk-lib/aws-lambda";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { type LocalTemplate, loadAssembly } from "../../../local/cloudformation/template.ts";
import { mayInvoke } from "../../../local/lambda/permission.ts";
import { type Fixture, type FixtureStack, writeAssembly } from "../../support/shop/assembly.ts";

jest.setTimeout(60_000);

const OPTIONS = {
  region: "eu-central-1",
  accountId: "000000000000",
  queueUrl: (name: string) => `http://127.0.0.1:9/000000000000/${name}`,
};
const fixtures: Fixture[] = [];
afterAll(() => {
  for (const fixture of fixtures) fixture.remove();
});

function load(stacks: Readonly<Record<string, FixtureStack>>): LocalTemplate {
  const fixture = writeAssembly(stacks);
  fixtures.push(fixture);
  return loadAssembly(fixture.dir, OPTIONS);
}

/** A placeholder of Fn::Sub. */
const hole = (name: string): string => `\${${name}}`;

/** Resolves one value in a stack that has what values like to refer to. */
function resolve(value: unknown, more: Partial<FixtureStack> = {}): unknown {
  const template = load({
    One: {
      Parameters: {
        Size: { Type: "Number", Default: 3 },
        Names: { Type: "CommaDelimitedList", Default: "a,b" },
        Open: { Type: "String" },
        FromStore: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/two/table" },
        BootstrapVersion: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/x/version" },
      },
      Mappings: { Zones: { "eu-central-1": { main: "a" } } },
      Conditions: {
        Yes: { "Fn::Equals": [{ Ref: "AWS::Region" }, "eu-central-1"] },
        No: { "Fn::Not": [{ Condition: "Yes" }] },
        Both: { "Fn::And": [{ Condition: "Yes" }, { Condition: "No" }] },
        Either: { "Fn::Or": [{ Condition: "Yes" }, { Condition: "No" }] },
      },
      Resources: {
        Letters: { Type: "AWS::SQS::Queue", Properties: { QueueName: "letters" } },
        Unnamed: { Type: "AWS::SQS::Queue" },
        Probe: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: "x", Probe: value } },
        ...more.Resources,
      },
    },
    Two: {
      Resources: {
        Table: { Type: "AWS::DynamoDB::GlobalTable", Properties: {} },
        Stored: {
          Type: "AWS::SSM::Parameter",
          Properties: { Name: "/two/table", Type: "String", Value: { Ref: "Table" } },
        },
      },
      Outputs: {
        Arn: {
          Value: { "Fn::GetAtt": ["Table", "Arn"] },
          Export: { Name: { "Fn::Sub": `${hole("AWS::StackName")}-arn` } },
        },
      },
    },
  });
  return template.byId("One", "Probe").properties.Probe;
}

describe("intrinsic functions", () => {
  test.each<[string, unknown, unknown]>([
    ["Ref to a queue is its local URL", { Ref: "Letters" }, "http://127.0.0.1:9/000000000000/letters"],
    ["names that are left open", { "Fn::GetAtt": ["Unnamed", "QueueName"] }, "One-Unnamed"],
    ["GetAtt as text", { "Fn::GetAtt": "Letters.Arn" }, "arn:aws:sqs:eu-central-1:000000000000:letters"],
    [
      "pseudo parameters",
      { "Fn::Join": ["/", [{ Ref: "AWS::Partition" }, { Ref: "AWS::AccountId" }]] },
      "aws/000000000000",
    ],
    ["a number stays one", { Ref: "Size" }, 3],
    ["a list parameter", { "Fn::Select": [1, { Ref: "Names" }] }, "b"],
    [
      "Join of a list",
      { "Fn::Join": ["", ["x", { Ref: "Size" }, { Ref: "AWS::URLSuffix" }]] },
      "x3amazonaws.com",
    ],
    [
      "Split and Select",
      { "Fn::Select": ["5", { "Fn::Split": [":", { "Fn::GetAtt": ["Letters", "Arn"] }] }] },
      "letters",
    ],
    [
      "Sub",
      { "Fn::Sub": `${hole("Letters.QueueName")}-${hole("AWS::Region")}-${hole("!Literal")}` },
      `letters-eu-central-1-${hole("Literal")}`,
    ],
    ["Sub with values", { "Fn::Sub": [`${hole("a")}-${hole("Size")}`, { a: { Ref: "Size" } }] }, "3-3"],
    ["FindInMap", { "Fn::FindInMap": ["Zones", { Ref: "AWS::Region" }, "main"] }, "a"],
    [
      "ImportValue",
      { "Fn::ImportValue": "Two-arn" },
      "arn:aws:dynamodb:eu-central-1:000000000000:table/Two-Table",
    ],
    ["an SSM parameter type", { Ref: "FromStore" }, "Two-Table"],
    ["a dynamic reference", "t={{resolve:ssm:/two/table}}!", "t=Two-Table!"],
    [
      "a dynamic reference with version",
      { "Fn::Join": ["", ["{{resolve:ssm:", "/two/table:1}}"]] },
      "Two-Table",
    ],
    ["If", { "Fn::If": ["Yes", { Ref: "Size" }, "no"] }, 3],
    ["If with Not", { "Fn::If": ["No", "yes", "no"] }, "no"],
    ["And", { "Fn::If": ["Both", "yes", "no"] }, "no"],
    ["Or", { "Fn::If": ["Either", "yes", "no"] }, "yes"],
    [
      "no value",
      { a: { Ref: "AWS::NoValue" }, b: [1, { "Fn::If": ["No", 2, { Ref: "AWS::NoValue" }] }] },
      { b: [1] },
    ],
    ["Base64", { "Fn::Base64": { Ref: "Names" } }, "YSxi"],
    [
      "a block called Condition is no function",
      { Condition: { Bool: { a: "b" } } },
      { Condition: { Bool: { a: "b" } } },
    ],
  ])("%s", (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ["a name that leads nowhere", { Ref: "Absent" }, "One: Ref names Absent"],
    ["a parameter without default", { Ref: "Open" }, "Open has no default"],
    ["an unknown attribute", { "Fn::GetAtt": ["Letters", "Colour"] }, "no attribute Colour for Letters"],
    ["an export that no stack makes", { "Fn::ImportValue": "nothing" }, "No stack exports nothing"],
    ["a parameter that is not stored", "{{resolve:ssm:/nothing}}", "/nothing"],
    ["a secret", "{{resolve:secretsmanager:x}}", "only SSM"],
    ["an unknown function", { "Fn::Transform": {} }, "Fn::Transform is not supported"],
    ["a mapping that is not there", { "Fn::FindInMap": ["Zones", "mars", "main"] }, "Zones has no mars.main"],
    ["an unknown condition", { "Fn::If": ["Maybe", 1, 2] }, "condition Maybe"],
  ])("%s is an error", (_, value, says) => {
    expect(() => resolve(value)).toThrow(says);
  });
});

test("a type outside the list is one error that names resource and type", () => {
  const Resources = { Pipe: { Type: "AWS::Pipes::Pipe", Properties: {} } };
  expect(() => load({ One: { Resources } })).toThrow(
    "One: resource Pipe is of type AWS::Pipes::Pipe, which the laptop does not run",
  );
  expect(() => load({ One: { Resources: { Odd: { Type: "constructor" } } } })).toThrow("type constructor");
});

test("a resource whose condition does not hold is left out", () => {
  const template = load({
    One: {
      Conditions: { No: { "Fn::Equals": ["a", "b"] } },
      Resources: { Gone: { Type: "AWS::SQS::Queue", Condition: "No" }, Here: { Type: "AWS::SQS::Queue" } },
    },
  });
  expect(template.resources.map(({ logicalId }) => logicalId)).toEqual(["Here"]);
  expect(() => template.byId("One", "Gone")).toThrow("no resource Gone");
});

test("inline code and missing folders are errors", () => {
  const Properties = { Handler: "index.handler", Code: { ZipFile: "x" } };
  const Resources = { Inline: { Type: "AWS::Lambda::Function", Properties } };
  expect(() => load({ One: { Resources } })).toThrow("Inline has no code folder");
});

test("a folder that is no assembly is an error that names it", () => {
  expect(() => loadAssembly("/nonexistent", OPTIONS)).toThrow("/nonexistent/manifest.json");
});

describe("an assembly that CDK synthesized", () => {
  const outdir = mkdtempSync(join(tmpdir(), "sallyport-cdk-"));
  let template: LocalTemplate;
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  beforeAll(() => {
    const app = new App({ outdir, analyticsReporting: false });
    const core = new Stack(app, "Core");
    const queue = new Queue(core, "Queue");
    const code = new LambdaCode(core, "Function", {
      runtime: Runtime.NODEJS_22_X,
      handler: "index.handler",
      code: Code.fromAsset(join(import.meta.dirname, "../../support/shop")),
      environment: { QUEUE: queue.queueUrl },
    });
    new Rule(core, "Rule", { eventPattern: { source: ["x"] }, targets: [new LambdaFunction(code)] });
    new StringParameter(core, "Name", { parameterName: "/core/function", stringValue: code.functionName });
    const second = new Stack(app, "Second");
    new CfnOutput(second, "Imported", { value: code.functionArn });
    new CfnOutput(second, "Read", {
      value: StringParameter.valueForStringParameter(second, "/core/function"),
    });
    new CfnOutput(second, "Account", { value: Fn.ref("AWS::AccountId") });
    new CfnResource(second, "Bare", { type: "AWS::SNS::Topic" });
    app.synth();
    template = loadAssembly(outdir, OPTIONS);
  });

  test("finds the code of a function", () => {
    const [resource] = template.ofType("AWS::Lambda::Function");
    expect(existsSync(join(resource?.assetPath ?? "", "assembly.ts"))).toBe(true);
    const queue = template.ofType("AWS::SQS::Queue")[0]!;
    expect(resource?.properties.Environment).toEqual({ Variables: { QUEUE: template.physicalId(queue) } });
  });

  test("stacks refer to each other by exports and by stored parameters", () => {
    const resource = template.ofType("AWS::Lambda::Function")[0]!;
    expect(template.outputs["Second.Imported"]).toBe(template.arn(resource));
    expect(template.outputs["Second.Read"]).toBe(template.physicalId(resource));
    expect(template.outputs["Second.Account"]).toBe("000000000000");
  });

  test("a rule may invoke its function, and nothing else may", () => {
    const resource = template.ofType("AWS::Lambda::Function")[0]!;
    const rule = template.arn(template.ofType("AWS::Events::Rule")[0]!);
    const may = (principal: string, source: string) =>
      mayInvoke(template, template.arn(resource), principal, source);
    expect(may("events.amazonaws.com", rule)).toBe(true);
    expect(may("events.amazonaws.com", `${rule}2`)).toBe(false);
    expect(may("apigateway.amazonaws.com", rule)).toBe(false);
  });
});
