import { readAction } from "../../../cli/attach/options.ts";
import { UsageError } from "../../../cli/command.ts";

const ARN = "arn:aws:lambda:us-east-1:111122223333:function:authorizer";
const API = ["--api", "a1b2c3d4e5", "--table", "T"];

// Where the function is in another Region than the API, its ARN tells where the table is.
test.each(["plan", "apply", "verify", "rollback", "status"])("%s takes the function", (action) => {
  expect(readAction([action, ...API, "--authorizer", ARN]).request).toMatchObject({
    functionArn: ARN,
    clients: { sallyportRegion: "us-east-1" },
  });
});

test.each([
  ["verify", "--canary", "10"],
  ["status", "--enforce", "all"],
  ["plan", "--yes"],
])("%s does not take %s", (action, ...flags) => {
  expect(() => readAction([action, ...API, ...flags])).toThrow(`attach ${action} does not take ${flags[0]}`);
});

test("every flag is parsed once, into the values that the actions use", () => {
  const flags = ["--enforce", "billing,admin", "--canary", "10", "--rate", "4", "--replace", "iam,jwt"];
  expect(readAction(["plan", ...API, ...flags, "--no-permission"]).request).toEqual({
    apiId: "a1b2c3d4e5",
    clients: { table: "T", rate: 4 },
    enforce: ["billing", "admin"],
    canaryPercent: 10,
    replace: ["iam", "jwt"],
    grant: false,
    json: false,
    acceptDrift: false,
    replaceGatewayResponses: false,
    openNewRoutes: false,
    detailedExitCode: false,
    dryRun: false,
    yes: false,
    allMethods: false,
    timeoutMs: 10_000,
  });
});

test.each([
  ["plan", "--enforce", "Billing"],
  ["plan", "--replace", "basic"],
  ["plan", "--canary", "100"],
  ["plan", "--credentials-role", "admin"],
  ["plan", "--rate", "0"],
  ["verify", "--timeout", "61"],
])("%s rejects %s %s before it opens a connection to AWS", (action, ...flags) => {
  expect(() => readAction([action, ...API, ...flags])).toThrow(UsageError);
  expect(() => readAction([action, ...API, ...flags])).toThrow(flags[0]);
});
