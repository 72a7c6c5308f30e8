import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PACKAGE_ROOT } from "../../../lib/package-root.ts";
import { ARN, fragment, ROLE } from "../../support/cli/fragment.ts";

jest.setTimeout(180_000);

/** Each of the kinds, plain and with everything. */
const KINDS = ["rest", "http", "websocket"];
const EVERYTHING = [
  ...["--authorizer", ARN, "--elsewhere", "--credentials-role", ROLE, "--enforce", "billing,admin"],
  ...["--allow-origin", "https://app.example.com", "--route", "GET /orders/{id}", "--route", "ANY /bills"],
];

const APP = `
import { App, Stack } from "aws-cdk-lib";
import { MockIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration, WebSocketMockIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
${KINDS.flatMap((kind) => [`import { protect as ${kind} } from "./${kind}.ts";`, `import { protect as ${kind}Full } from "./${kind}-full.ts";`]).join("\n")}
const app = new App({ outdir: process.argv[2] });
const env = { account: "444455556666", region: "eu-central-1" };
for (const [name, protect] of Object.entries({ rest, restFull })) {
  protect(new RestApi(new Stack(app, name, { env }), "Api"), new MockIntegration());
}
for (const [name, protect] of Object.entries({ http, httpFull })) {
  const api = new HttpApi(new Stack(app, name, { env }), "Api");
  protect(api, new HttpUrlIntegration("To", "https://example.com"), api.defaultStage!);
}
for (const [name, protect] of Object.entries({ websocket, websocketFull })) {
  const stack = new Stack(app, name, { env });
  const webSocketApi = new WebSocketApi(stack, "Api");
  const stage = new WebSocketStage(stack, "Stage", { webSocketApi, stageName: "prod" });
  protect(webSocketApi, new WebSocketMockIntegration("Connect"), stage);
}
const { stacks } = app.synth();
console.log(JSON.stringify(Object.fromEntries(stacks.map((stack) => [stack.stackName, stack.template]))));
`;

let consumer: string;
beforeAll(async () => {
  consumer = mkdtempSync(join(tmpdir(), "sallyport-snippet-"));
  const link = (name: string, target: string) => {
    const place = join(consumer, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
  };
  for (const name of ["aws-cdk-lib", "constructs", "@types/node"]) {
    link(name, join(PACKAGE_ROOT, "node_modules", name));
  }
  const write = (name: string, content: string) => writeFileSync(join(consumer, name), content);
  write("package.json", JSON.stringify({ name: "consumer", type: "module" }));
  write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        ...{ target: "es2023", lib: ["es2024"], module: "esnext", moduleResolution: "bundler" },
        ...{ types: ["node"], strict: true, noUnusedLocals: true, noEmit: true, skipLibCheck: true },
        allowImportingTsExtensions: true,
        // The sources in place of the package, which would have to be built first; tsx reads it
        // too.
        paths: { sallyport: [join(PACKAGE_ROOT, "lib/index.ts")] },
      },
      files: ["app.ts"],
    }),
  );
  write("app.ts", APP);
  for (const kind of KINDS) {
    write(`${kind}.ts`, await fragment("--for", "cdk", "--api", kind));
    write(`${kind}-full.ts`, await fragment("--for", "cdk", "--api", kind, ...EVERYTHING));
  }
});
afterAll(() => rmSync(consumer, { recursive: true }));

const run = (...argv: string[]) =>
  spawnSync(process.execPath, argv, { cwd: consumer, encoding: "utf8", maxBuffer: 1e8 });

test("the modules compile in an app that depends on this package", () => {
  const { status, stdout } = run(join(PACKAGE_ROOT, "node_modules/typescript/bin/tsc"), "-p", consumer);
  expect([status, stdout]).toEqual([0, ""]);
});

test("and synthesize APIs of which every route asks, but preflights", () => {
  const { status, stdout, stderr } = run(
    "--import",
    join(PACKAGE_ROOT, "node_modules/tsx/dist/loader.mjs"),
    "app.ts",
    join(consumer, "cdk.out"),
  );
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  const templates = JSON.parse(stdout);
  expect(Object.keys(templates)).toHaveLength(6);
  for (const [name, { Resources }] of Object.entries<{
    // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as open as that
    Resources: Record<string, { Type: string; Properties: any }>;
  }>(templates)) {
    const of = (...types: string[]) =>
      Object.values(Resources)
        .filter(({ Type }) => types.includes(Type))
        .map(({ Properties }) => Properties);
    const routes = of("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route");
    expect(routes.length).toBeGreaterThan(0);
    for (const { HttpMethod, AuthorizationType } of routes) {
      expect([name, AuthorizationType]).toEqual([name, HttpMethod === "OPTIONS" ? "NONE" : "CUSTOM"]);
    }
    const full = name.endsWith("Full");
    const [authorizer, ...others] = of("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer");
    expect(others).toEqual([]);
    expect(authorizer.AuthorizerCredentials ?? authorizer.AuthorizerCredentialsArn).toBe(
      full ? ROLE : undefined,
    );
    expect(of("AWS::Lambda::Permission")).toHaveLength(full ? 0 : 1);
    const variables = of("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage").map(
      ({ Variables, StageVariables }) => Variables ?? StageVariables,
    );
    expect(variables).toEqual([{ sallyport_enforce: full ? "admin,billing" : "all" }]);
  }
});
