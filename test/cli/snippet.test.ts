import { snippetCommand } from "../../cli/snippet.ts";
import { ARN, fragment, ROLE } from "../support/cli/fragment.ts";
import { runCommandLine } from "../support/cli/run-command-line.ts";

const TOOLS = ["cdk", "sam", "terraform", "serverless", "openapi"];
const combinations = TOOLS.flatMap((tool) =>
  ["rest", "http", "websocket"]
    .filter((api) => !(tool === "openapi" && api === "websocket"))
    .map((api) => [tool, api] as const),
);

describe.each(combinations)("--for %s --api %s", (tool, api) => {
  const of = (...flags: string[]) => fragment("--for", tool, "--api", api, ...flags);

  test("names the function as the options do", async () => {
    expect(await of()).toContain("/sallyport/authorizer-arn");
    const named = await of("--authorizer", ARN);
    expect(named).toContain(ARN);
    expect(named).not.toContain("/sallyport/authorizer-arn");
    expect(named).not.toContain("REPLACE-WITH");
  });

  test("says what is enforced, and that monitor mode lets requests through", async () => {
    const monitored = await of("--enforce", "none");
    expect(monitored).toContain(tool === "cdk" ? "enforce(" : "sallyport_enforce");
    expect(monitored).toContain("every request goes through");
    expect(await of()).not.toContain("Monitor mode");
    expect(await of("--enforce", "billing,admin")).toMatch(
      tool === "cdk" ? /\["admin","billing"\]/ : /sallyport_enforce.*admin,billing/,
    );
  });

  test("grants nothing where Sallyport's side has to", async () => {
    if (tool !== "cdk" && tool !== "sam") expect(await of("--authorizer", ARN)).toMatch(/ermission/);
    const elsewhere = await of("--authorizer", ARN, "--elsewhere");
    expect(elsewhere).toContain("attach.apis");
    expect(elsewhere).not.toMatch(/SallyportPermission|aws_lambda_permission|add-permission/);
  });

  test("gives the authorizer the role, and then no permission", async () => {
    const text = await of("--authorizer", ARN, "--elsewhere", "--credentials-role", ROLE);
    expect(text.split(ROLE).length).toBeGreaterThan(2);
    expect(text).toContain("attach.organization");
    expect(text).not.toMatch(/SallyportPermission|aws_lambda_permission|add-permission/);
  });

  test("attaches the routes that the options name", async () => {
    const text = await of("--route", "GET /orders/{id}", "--route", "any /bills");
    expect(text).toContain(api === "websocket" ? "$connect" : "/orders/{id}");
    expect(/authorizer|security/.test(text)).toBe(true);
  });
});

test.each([
  [[], "--for is missing; it must be one of cdk, sam, terraform, serverless, openapi"],
  [["--for", "pulumi", "--api", "rest"], '--for is "pulumi"'],
  [["--for", "sam"], "--api is missing; it must be one of rest, http, websocket"],
  [["--for", "openapi", "--api", "websocket"], "does not import OpenAPI for WebSocket APIs"],
  [["--for", "sam", "--api", "rest", "--elsewhere"], "--elsewhere needs --authorizer with an ARN"],
  [["--for", "sam", "--api", "rest", "--authorizer", "sallyport"], "is not the ARN of a Lambda function"],
  [["--for", "sam", "--api", "rest", "--credentials-role", ARN], "is not the ARN of a role"],
  [["--for", "sam", "--api", "rest", "--route", "OPTIONS /x"], "must stay open"],
  [["--for", "sam", "--api", "rest", "--route", "/x"], "is not a method"],
  [["--for", "sam", "--api", "rest", "--route", `GET /x"\${y}`], "is not a method"],
  [["--for", "sam", "--api", "rest", "--enforce", "None"], '--enforce: "None" must be all, none'],
  [["--for", "sam", "--api", "rest", "--allow-origin", "'"], "is not an origin"],
  [["--for", "sam", "--api", "rest", "--name", "my-api"], "letters and digits"],
  [["--for", "sam", "--api", "rest", "--stage", "a b"], "is not the name of a stage"],
  [["rest"], '"rest" is not expected'],
])("%j is refused with a next step", async (argv, says) => {
  const { code, stdout, stderr } = await runCommandLine(snippetCommand, ["snippet", ...argv]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(says);
  expect(stderr).toMatch(/\n.+\n$/);
});

test("has a help with examples that work", async () => {
  const { stdout } = await runCommandLine(snippetCommand, ["snippet", "--help"]);
  const examples = [...stdout.matchAll(/^ {2}sallyport snippet (.+)$/gm)].map(([, flags = ""]) => flags);
  expect(examples).toHaveLength(3);
  for (const flags of examples) {
    const words = [...flags.replace(/ > .*/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, a, b]) => a ?? b ?? "",
    );
    await fragment(...words);
  }
});

test.each(TOOLS)("--for %s: of two routes that would have one name none is lost", async (tool) => {
  const argv = ["snippet", "--for", tool, "--api", "http"];
  const clash = ["--route", "GET /a-b", "--route", "GET /{a}/b"];
  expect(await runCommandLine(snippetCommand, [...argv, ...clash])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining('"GET /a-b" and "GET /{a}/b" would have the same name'),
  });
  const twice = ["--route", "GET /a-b", "--route", "get /a-b"];
  expect(await runCommandLine(snippetCommand, [...argv, ...twice])).toMatchObject({ code: 0 });
});
