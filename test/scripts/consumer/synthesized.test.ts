import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkSynthesized } from "../../../scripts/consumer/synthesized.ts";

const STACKS = ["Sallyport", "RestApi"];
const AUTHORIZER = ["index.mjs", "cedar_wasm_bg.wasm", "digests.json", "policy.json", "settings.json"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-synthesized-"));
  template("Sallyport", "AWS::DynamoDB::GlobalTable");
  template("RestApi", "AWS::ApiGateway::Authorizer");
  asset("a", AUTHORIZER);
  asset("b", ["index.mjs"]);
  asset("c", ["index.mjs"]);
});
afterEach(() => rmSync(folder, { recursive: true }));

const template = (stack: string, Type: string) =>
  writeFileSync(join(folder, `${stack}.template.json`), JSON.stringify({ Resources: { One: { Type } } }));

function asset(name: string, files: readonly string[]): void {
  mkdirSync(join(folder, `asset.${name}`));
  for (const file of files) {
    writeFileSync(join(folder, `asset.${name}`, file), "");
    chmodSync(join(folder, `asset.${name}`, file), 0o644);
  }
}

const check = () => checkSynthesized(folder, STACKS);

test("an app with Sallyport and a guarded API passes", () => {
  expect(check).not.toThrow();
});

test("an API without an authorizer fails", () => {
  template("RestApi", "AWS::ApiGateway::RestApi");
  expect(check).toThrow("RestApi has no AWS::ApiGateway(V2)?::Authorizer");
});

test("a stack that was not synthesized fails", () => {
  rmSync(join(folder, "Sallyport.template.json"));
  expect(check).toThrow("ENOENT");
});

test.each(AUTHORIZER)("an authorizer without %s fails", (file) => {
  rmSync(join(folder, "asset.a", file));
  expect(check).toThrow();
});

test("a file that only its owner's group may read fails, as Lambda could not read it", () => {
  chmodSync(join(folder, "asset.b/index.mjs"), 0o640);
  expect(check).toThrow("asset.b/index.mjs has mode 640");
});
