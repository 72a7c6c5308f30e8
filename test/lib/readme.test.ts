import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";

jest.setTimeout(120_000);

/** An app of someone else's that has Sallyport as a dependency, with the compiler options of `cdk init`. */
let consumer: string;
beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), "sallyport-consumer-"));
  const link = (name: string, target: string) => {
    const place = join(consumer, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
  };
  link("sallyport", PACKAGE_ROOT);
  for (const name of ["aws-cdk-lib", "constructs", "@types/node"]) {
    link(name, join(PACKAGE_ROOT, "node_modules", name));
  }
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
  writeFileSync(
    join(consumer, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2023",
        lib: ["es2024"],
        module: "esnext",
        moduleResolution: "bundler",
        types: ["node"],
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
      },
      files: ["app.ts"],
    }),
  );
});
afterAll(() => rmSync(consumer, { recursive: true }));

/** What tsc says of the text as the consumer's app; the empty text if nothing. */
function complaint(source: string): string {
  writeFileSync(join(consumer, "app.ts"), source);
  const tsc = join(PACKAGE_ROOT, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", consumer], { encoding: "utf8" });
  expect(status === 0).toBe(stdout === "");
  return stdout;
}

const readme = readFileSync(join(PACKAGE_ROOT, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);

/** A block with what its reader is told or may assume to have: a stack, two APIs and their integrations. */
function asApp(block: string): string {
  const lines = block.split("\n");
  const isImport = (line: string) => line.startsWith("import ");
  return `
import { Stack } from "aws-cdk-lib";
import type { Integration, Resource, RestApi } from "aws-cdk-lib/aws-apigateway";
import type { HttpApi, HttpRouteIntegration } from "aws-cdk-lib/aws-apigatewayv2";
${lines.filter(isImport).join("\n")}
declare const restApi: RestApi;
declare const orders: Resource;
declare const ordersIntegration: Integration;
declare const httpApi: HttpApi;
declare const ordersHttpIntegration: HttpRouteIntegration;
export class Orders extends Stack {
  attach() {
${lines.filter((line) => !isImport(line)).join("\n")}
  }
}`;
}

test("README's code compiles in an app that depends on this package", () => {
  expect(blocks.join("\n")).toContain('from "sallyport"');
  for (const block of blocks) expect(complaint(asApp(block))).toBe("");
});

test("and would be told not to", () => {
  const [block = ""] = blocks;
  expect(complaint(asApp(block.replace("deploymentStage, []", "deploymentStage")))).toContain(
    "Expected 2 arguments",
  );
  expect(complaint(asApp(block.replace('"sallyport"', '"sallyport/lib/index.ts"')))).toContain("TS2307");
});

test("the package can be imported by its name", () => {
  const script = 'import("sallyport").then((all) => console.log(Object.keys(all).join()))';
  const tsx = join(PACKAGE_ROOT, "node_modules/tsx/dist/loader.mjs");
  const said = execFileSync(process.execPath, ["--import", tsx, "-e", script], {
    cwd: consumer,
    encoding: "utf8",
  });
  expect(said.trim().split(",")).toEqual(expect.arrayContaining(["SallyportCore", "restAuthorizer"]));
});
