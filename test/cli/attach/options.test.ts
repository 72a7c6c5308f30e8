import { readAction } from "../../../cli/attach/options.ts";

const ARN = "arn:aws:lambda:us-east-1:111122223333:function:authorizer";
const API = ["--api", "a1b2c3d4e5", "--table", "T"];

// Where the function is in another Region than the API, its ARN tells where the table is.
test.each(["plan", "apply", "verify", "rollback", "status"])("%s takes the function", (action) => {
  expect(readAction([action, ...API, "--authorizer", ARN]).flags.authorizer).toBe(ARN);
});

test.each([
  ["verify", "--canary", "10"],
  ["status", "--enforce", "all"],
  ["plan", "--yes"],
])("%s does not take %s", (action, ...flags) => {
  expect(() => readAction([action, ...API, ...flags])).toThrow(`attach ${action} does not take ${flags[0]}`);
});
