import { openFunctionPolicies } from "../../../../local/api-gateway/control/function-policies.ts";
import { type LocalTemplate, loadAssembly } from "../../../../local/cloudformation/template.ts";
import { type Fixture, writeAssembly } from "../../../support/shop/assembly.ts";
import { properties } from "../../../support/shop/template-parts.ts";

const ARN = "arn:aws:lambda:eu-central-1:111122223333:function:authorizer";
const SOURCE = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/authorizers/x1y2z3";
const fixtures: Fixture[] = [];
afterAll(() => {
  for (const fixture of fixtures) fixture.remove();
});

function permitted(permission: Readonly<Record<string, string>>): LocalTemplate {
  const fixture = writeAssembly({
    One: {
      Resources: {
        Permission: properties("Lambda::Permission", {
          FunctionName: "authorizer",
          Action: "lambda:InvokeFunction",
          ...permission,
        }),
      },
    },
  });
  fixtures.push(fixture);
  return loadAssembly(fixture.dir, {
    region: "eu-central-1",
    accountId: "111122223333",
    queueUrl: (name) => `http://127.0.0.1:9/${name}`,
  });
}

test.each<[string, Readonly<Record<string, string>>, boolean]>([
  ["its service for any source", { Principal: "apigateway.amazonaws.com" }, true],
  [
    "its service for this API",
    { Principal: "apigateway.amazonaws.com", SourceArn: SOURCE.replace("x1y2z3", "*") },
    true,
  ],
  [
    "its service for another API",
    { Principal: "apigateway.amazonaws.com", SourceArn: SOURCE.replace("a1b2", "b2c3") },
    false,
  ],
  ["its service for another account", { Principal: "apigateway.amazonaws.com", SourceAccount: "0" }, false],
  ["another service", { Principal: "events.amazonaws.com" }, false],
  ["everybody", { Principal: "*" }, true],
  ["an organization, which no service is in", { Principal: "*", PrincipalOrgID: "o-a1b2c3d4e5" }, false],
])("API Gateway in its own name, where a statement lets in %s", (_, permission, expected) => {
  expect(openFunctionPolicies(permitted(permission)).mayInvoke(ARN, SOURCE)).toBe(expected);
});
