import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Duration, Stack } from "aws-cdk-lib";
import type { ConfigurationInput } from "../../../configuration/schema.ts";
import { ENV } from "../../../contract/environment.ts";
import { readDeployment as readAuthorizer } from "../../../lambda/authorizer/settings.ts";
import { readDeployment as readScorer } from "../../../lambda/scorer/settings.ts";
import { APP_CONTEXT } from "../../../lib/app-context.ts";
import { bundleSource } from "../../../lib/functions/bundle-source.ts";
import { authorizerSettings, scorerSettings } from "../../../lib/functions/function-settings.ts";
import { NodeFunction } from "../../../lib/functions/node-function.ts";
import { PACKAGE_ROOT } from "../../../lib/package-root.ts";
import { SallyportCore } from "../../../lib/sallyport-core.ts";
import { SynthesisError } from "../../../lib/synthesis-error.ts";
import { configure, manyIssuers, NO_POLICIES } from "../../support/lib/synthesize.ts";

const entryOf = (name: string) => join(PACKAGE_ROOT, "lambda", name, "handler.ts");

const VARIABLES = { [ENV.tableName]: "t", [ENV.eventBusName]: "b", [ENV.findingsQueueUrl]: "q" };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-bundle-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function source(name: string, content: string): string {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const file = join(own, "handler.ts");
  writeFileSync(file, content);
  return file;
}

function bundlingApp(): App {
  return new App({
    outdir: mkdtempSync(join(folder, "out-")),
    context: { ...APP_CONTEXT },
    analyticsReporting: false,
    treeMetadata: false,
  });
}

describe("what each function carries", () => {
  // Only what a function uses may be in it: everything else is cold start, and code that can be
  // attacked.
  const everywhere = ["aws-cdk-lib", "constructs", "/zod/", "esbuild", "fast-check", ".mmdb"];
  test.each([
    [
      "authorizer",
      600_000,
      ["client-securityhub", "client-sqs", "bowser", "lambda/scorer", "lambda/findings"],
    ],
    [
      "scorer",
      700_000,
      ["client-eventbridge", "client-securityhub", "cedar-wasm", "aws-jwt-verify", "lambda/authorizer"],
    ],
    [
      "findings",
      600_000,
      ["client-dynamodb", "client-eventbridge", "client-sqs", "cedar-wasm", "mmdb-lib", "aws-jwt-verify"],
    ],
    ["demo", 5_000, ["@aws-sdk", "powertools", "cedar-wasm", "aws-jwt-verify"]],
  ])("%s stays below %d bytes and without what it does not use", (name, largest, forbidden) => {
    const { code, inputs } = bundleSource(entryOf(name));
    expect(code.byteLength).toBeLessThan(largest);
    const own = Object.keys(inputs).map((path) => path.replace(/^.*node_modules\//, "node_modules/"));
    for (const word of [...forbidden, ...everywhere]) {
      expect(own.filter((path) => path.includes(word))).toEqual([]);
    }
    expect(
      own.filter((path) => path.startsWith("lib/") || path.startsWith("cli/") || path.startsWith("local/")),
    ).toEqual([]);
  });

  test("the authorizer carries what it decides with", () => {
    const inputs = Object.keys(bundleSource(entryOf("authorizer")).inputs).join("\n");
    for (const part of ["cedar-wasm", "verification-key", "client-dynamodb", "client-eventbridge"]) {
      expect(inputs).toContain(part);
    }
  });
});

describe("a bundle", () => {
  test("runs by itself as an ES module, with require and __dirname for what was CommonJS", () => {
    const entry = source(
      "plain",
      `const { sep } = require("node:path");
       export const handler = async () => ({ sep, here: __dirname, file: __filename, url: import.meta.url });`,
    );
    const target = join(folder, "index.mjs");
    writeFileSync(target, bundleSource(entry).code);
    const script = `import(${JSON.stringify(target)}).then(async (m) => console.log(JSON.stringify(await m.handler())))`;
    const said = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(JSON.parse(said)).toEqual({ sep: "/", here: folder, file: target, url: `file://${target}` });
  });

  test("is made once per process", () => {
    expect(bundleSource(entryOf("demo"))).toBe(bundleSource(entryOf("demo")));
  });

  test("is the same bytes wherever the stack is synthesized", () => {
    const hash = () => {
      const app = bundlingApp();
      const stack = new Stack(app, "One");
      new NodeFunction(stack, "Demo", {
        entry: entryOf("demo"),
        description: "demo",
        timeout: Duration.seconds(1),
      });
      return Object.keys(
        JSON.parse(readFileSync(join(app.synth().directory, "One.assets.json"), "utf8")).files,
      );
    };
    expect(hash()).toEqual(hash());
  });

  test("is the same bytes whatever the current folder, and readable by all whatever the umask", () => {
    const script = `
      import { readdirSync, readFileSync, statSync } from "node:fs";
      import { join } from "node:path";
      import { createHash } from "node:crypto";
      const { App, Duration, Stack } = await import("${PACKAGE_ROOT}/node_modules/aws-cdk-lib/index.js");
      const { NodeFunction } = await import("${PACKAGE_ROOT}/lib/functions/node-function.ts");
      process.umask(Number(process.argv[2]));
      const app = new App({ outdir: process.argv[3], analyticsReporting: false });
      new NodeFunction(new Stack(app, "One"), "Node", {
        entry: "${entryOf("findings")}",
        companions: [{ name: "a.json", content: "{}" }, { name: "b.json", path: "${PACKAGE_ROOT}/package.json" }],
        description: "demo",
        timeout: Duration.seconds(1),
      });
      const { directory } = app.synth();
      const asset = readdirSync(directory).find((name) => name.startsWith("asset."));
      const files = readdirSync(join(directory, asset)).map((name) => {
        const path = join(directory, asset, name);
        const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
        return [name, (statSync(path).mode & 0o777).toString(8), digest];
      });
      console.log(JSON.stringify({ asset, files }));`;
    const file = join(folder, "synthesize.mjs");
    writeFileSync(file, script);
    const synthesized = (umask: number, cwd: string) => {
      const tsx = join(PACKAGE_ROOT, "node_modules/tsx/dist/cli.mjs");
      const out = mkdtempSync(join(folder, "umask-"));
      const args = [tsx, file, String(umask), out];
      return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
    };
    const strict = synthesized(0o077, folder);
    expect(strict.files.map(([name, mode]: string[]) => [name, mode])).toEqual([
      ["a.json", "644"],
      ["b.json", "644"],
      ["index.mjs", "644"],
    ]);
    expect(synthesized(0o000, PACKAGE_ROOT)).toEqual(strict);
  }, 60_000);

  test("that cannot be made is reported with file and line, and CDK adds nothing", () => {
    const entry = source(
      "broken",
      'import { nothing } from "./nowhere.ts";\nexport const handler = nothing;',
    );
    const stack = new Stack(bundlingApp(), "One");
    const make = () =>
      new NodeFunction(stack, "Broken", { entry, description: "", timeout: Duration.seconds(1) });
    expect(make).toThrow(SynthesisError);
    expect(() => bundleSource(entry)).toThrow(
      /broken\/handler\.ts:1:\d+: Could not resolve "\.\/nowhere\.ts"/,
    );
  });
});

describe("the files beside a bundle", () => {
  function assetsOf(
    geo: "none" | "database",
    databases: { countryDatabase?: string; cityDatabase?: string } = {},
    parts: Partial<ConfigurationInput> = {},
  ) {
    const app = bundlingApp();
    const stack = new Stack(app, "Own");
    const configuration = configure({ geo: { source: geo }, ...parts });
    const entry = source("stub", "export const handler = async () => undefined;");
    new SallyportCore(stack, "Core", {
      authorizer: authorizerSettings(configuration),
      scorer: scorerSettings(configuration),
      policies: NO_POLICIES,
      ...databases,
      entries: {
        authorizer: entry,
        scorer: source("stub-scorer", "export const handler = async () => 1;"),
        findings: source("stub-findings", "export const handler = async () => 2;"),
      },
    });
    const { directory } = app.synth();
    const { Resources } = JSON.parse(readFileSync(join(directory, "Own.template.json"), "utf8"));
    return (name: string) => {
      const id = Object.keys(Resources).find(
        (key) => key.startsWith(`Core${name}NodeFunction`) && Resources[key].Type === "AWS::Lambda::Function",
      );
      return join(directory, `asset.${Resources[id ?? ""].Properties.Code.S3Key.replace(".zip", "")}`);
    };
  }

  test("the authorizer has Cedar and the policies, and no databases unless it is configured to use them", () => {
    const asset = assetsOf("none");
    const authorizer = asset("Authorizer");
    expect(JSON.parse(readFileSync(join(authorizer, "policy.json"), "utf8"))).toEqual(NO_POLICIES);
    expect(existsSync(join(authorizer, "cedar_wasm_bg.wasm"))).toBe(true);
    expect(existsSync(join(authorizer, "country.mmdb"))).toBe(false);
    expect(existsSync(join(asset("Scorer"), "city-ipv4.mmdb"))).toBe(false);
  });

  test("holds settings of any length, as the functions will read them", () => {
    const issuers = manyIssuers(500);
    const asset = assetsOf("none", {}, { issuers });
    const configuration = configure({ geo: { source: "none" }, issuers });
    expect(readAuthorizer({ ...VARIABLES, LAMBDA_TASK_ROOT: asset("Authorizer") }).settings).toEqual(
      authorizerSettings(configuration),
    );
    expect(readScorer({ ...VARIABLES, LAMBDA_TASK_ROOT: asset("Scorer") }).settings).toEqual(
      scorerSettings(configuration),
    );
  });

  test("the operator's own databases are copied in", () => {
    const own = join(folder, "own.mmdb");
    writeFileSync(own, "a database");
    const asset = assetsOf("database", { countryDatabase: own, cityDatabase: own });
    for (const file of [
      join(asset("Authorizer"), "country.mmdb"),
      join(asset("Scorer"), "city-ipv4.mmdb"),
      join(asset("Scorer"), "city-ipv6.mmdb"),
    ]) {
      expect(readFileSync(file, "utf8")).toBe("a database");
    }
  });

  test("a missing database is reported plainly", () => {
    expect(() =>
      assetsOf("database", { countryDatabase: "/nowhere.mmdb", cityDatabase: "/nowhere.mmdb" }),
    ).toThrow(new SynthesisError("country.mmdb: there is no file /nowhere.mmdb"));
  });
});
