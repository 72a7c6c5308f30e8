import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { ConfigurationError } from "../../../configuration/configuration-error.ts";
import { allowAccount, allowApi, allowApis, allowOrganization } from "../../../lib/attach/allowed-apis.ts";
import { SynthesisError } from "../../../lib/synthesis-error.ts";
import { bareApp, configure, resourcesOf, synthesize } from "../../support/lib/synthesize.ts";

const API = "arn:aws:execute-api:eu-central-1:444455556666:a1b2c3d4e5";

/** The properties of each permission besides the function's name, in a stable order. */
const permissionsIn = (template: Template) =>
  Object.values(resourcesOf(template, "AWS::Lambda::Permission"))
    .map(({ Properties: { FunctionName, ...rest } }) => rest)
    .filter(({ Principal }) => Principal !== "events.amazonaws.com");

const SIX_REGIONS = Array.from({ length: 6 }, (_, index) => `eu-west-${index + 1}`);

const GATEWAY = { Action: "lambda:InvokeFunction", Principal: "apigateway.amazonaws.com" };

test("without a setting no one else may ask", () => {
  expect(permissionsIn(synthesize().core)).toEqual([]);
});

test("an API is allowed for its authorizers alone, an authorizer for itself", () => {
  const { core } = synthesize({ attach: { apis: [API, API, `${API}/authorizers/x1y2z3`] } });
  expect(permissionsIn(core)).toEqual([
    { ...GATEWAY, SourceArn: `${API}/authorizers/*` },
    { ...GATEWAY, SourceArn: `${API}/authorizers/x1y2z3` },
  ]);
});

test("an account is allowed for authorizers of its APIs in the deployment's own Region", () => {
  const { core } = synthesize({ attach: { accounts: ["444455556666"] } });
  expect(permissionsIn(core)).toEqual([
    {
      ...GATEWAY,
      SourceArn: {
        "Fn::Join": [
          "",
          [
            "arn:",
            { Ref: "AWS::Partition" },
            ":execute-api:",
            { Ref: "AWS::Region" },
            ":444455556666:*/authorizers/*",
          ],
        ],
      },
    },
  ]);
});

test("accounts are allowed in each Region that is listed, once", () => {
  const regions = ["eu-west-1", "us-gov-west-1", "eu-west-1"];
  const { core } = synthesize({ attach: { accounts: ["444455556666", "111122223333"], regions } });
  const places = permissionsIn(core).map(({ SourceArn }) => SourceArn["Fn::Join"][1][2]);
  expect(places).toEqual([
    ":execute-api:eu-west-1:444455556666:*/authorizers/*",
    ":execute-api:us-gov-west-1:444455556666:*/authorizers/*",
    ":execute-api:eu-west-1:111122223333:*/authorizers/*",
    ":execute-api:us-gov-west-1:111122223333:*/authorizers/*",
  ]);
});

// The pattern of SourceArn in the service model of Lambda's AddPermission.
const SOURCE_ARN =
  /^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2,4}((-[a-z]{2,7}){1,3})-\d)?:(\d{12})?:(.*)$/;

test("Lambda accepts the source of every permission", () => {
  const accounts = ["444455556666"];
  for (const attach of [
    { apis: [API], accounts },
    { accounts, regions: ["eu-west-1", "cn-north-1"] },
  ]) {
    const { core } = synthesize({ attach, region: "eu-central-1" });
    const sources = permissionsIn(core).map(({ SourceArn }) =>
      typeof SourceArn === "string" ? SourceArn : SourceArn["Fn::Join"][1].map(asText).join(""),
    );
    expect(sources.length).toBeGreaterThan(1);
    for (const source of sources) expect(source).toMatch(SOURCE_ARN);
  }
});

const asText = (part: unknown): string => (typeof part === "string" ? part : "aws");

test("an organisation is allowed by its principals, which API Gateway itself is not one of", () => {
  const { core } = synthesize({ attach: { organization: "o-a1b2c3d4e5" } });
  expect(permissionsIn(core)).toEqual([
    { Action: "lambda:InvokeFunction", Principal: "*", PrincipalOrgID: "o-a1b2c3d4e5" },
  ]);
});

test("a shorter list keeps the other statements as they were", () => {
  const other = API.replace("a1b2", "z9y8");
  const idsFor = (apis: string[]) =>
    Object.keys(resourcesOf(synthesize({ attach: { apis } }).core, "AWS::Lambda::Permission"));
  const both = idsFor([API, other]);
  for (const id of idsFor([other])) expect(both).toContain(id);
});

test.each([
  [{ apis: ["a1b2c3d4e5"] }, "attach.apis[0]", "the ARN of an API"],
  [{ apis: [`${API}/*`] }, "attach.apis[0]", "the ARN of an API"],
  [{ apis: "all" }, "attach.apis", "a list of ARNs"],
  [{ apis: Array.from({ length: 31 }, () => API) }, "attach.apis", "at most 30"],
  [{ accounts: ["1"] }, "attach.accounts[0]", "twelve digits"],
  [{ accounts: Array.from({ length: 11 }, () => "444455556666") }, "attach.accounts", "at most 10"],
  [{ accounts: ["444455556666"], regions: ["*"] }, "attach.regions[0]", "an AWS Region"],
  [{ accounts: ["444455556666"], regions: [] }, "attach.regions", "a list of AWS Regions"],
  [{ regions: ["eu-west-1"] }, "attach.regions", "attach.accounts"],
  [
    { accounts: ["444455556666", "111122223333"], regions: SIX_REGIONS },
    "attach.regions",
    "at most 10 pairs of account and Region",
  ],
  [{ organization: "*" }, "attach.organization", "o-a1b2c3d4e5"],
  [{ organisation: "o-a1b2c3d4e5" }, "attach.organisation", "did you mean organization?"],
])("%j is refused with path and what is accepted", (attach, path, accepted) => {
  let problems: ConfigurationError["problems"] = [];
  try {
    configure({ attach: attach as never });
  } catch (error) {
    if (error instanceof ConfigurationError) ({ problems } = error);
  }
  expect(problems).toEqual([
    { path, found: expect.any(String), accepted: expect.stringContaining(accepted) },
  ]);
});

describe("in code", () => {
  const functionOf = (stack: Stack) =>
    LambdaFunction.fromFunctionAttributes(stack, "Function", {
      functionArn: "arn:aws:lambda:eu-central-1:111122223333:function:Sallyport",
      sameEnvironment: true,
    });

  test("what is no API, account or organisation is refused", () => {
    const authorizer = functionOf(new Stack(bareApp(), "Stack"));
    for (const wrong of ["", "*", `${API}/authorizers/*`, `${API}/prod`]) {
      expect(() => allowApi(authorizer, wrong)).toThrow(SynthesisError);
      expect(() => allowAccount(authorizer, wrong)).toThrow(SynthesisError);
      expect(() => allowOrganization(authorizer, wrong)).toThrow(SynthesisError);
    }
  });

  test("all at once is each by itself", () => {
    const [one, other] = [new Stack(bareApp(), "Stack"), new Stack(bareApp(), "Stack")];
    const authorizer = functionOf(one);
    allowApi(authorizer, API);
    allowAccount(authorizer, "444455556666");
    allowOrganization(authorizer, "o-a1b2c3d4e5");
    allowApis(functionOf(other), {
      apis: [API],
      accounts: ["444455556666"],
      organization: "o-a1b2c3d4e5",
    });
    expect(Template.fromStack(other).toJSON()).toEqual(Template.fromStack(one).toJSON());
  });
});
