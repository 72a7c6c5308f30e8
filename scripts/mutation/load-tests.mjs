import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { transformSync } from "@swc/core";
import { expect } from "expect";
import { bind } from "jest-each";
import { ModuleMocker } from "jest-mock";

const mocker = new ModuleMocker(globalThis);
const compiled = new Map();

/**
 * Evaluates one test file, and anew every source file that it imports, and returns its tests:
 * `{ name, run, blocks }`, the blocks from the outside in, each with its hooks. Supports what the
 * tests of the decision path use of Jest; `jest.mock` is not supported.
 */
export function loadTests(file) {
  const root = { name: "", before: [], after: [], beforeEach: [], afterEach: [] };
  const tests = [];
  let blocks = [root];
  const skip = bind(() => {}, false);
  const test = (name, run) => void tests.push({ name: nameOf(blocks, name), run, blocks });
  const describe = (name, define) => {
    const outer = blocks;
    blocks = [...outer, { name, before: [], after: [], beforeEach: [], afterEach: [] }];
    define();
    blocks = outer;
  };
  const hook = (kind) => (run) => void blocks.at(-1)[kind].push(run);
  test.each = bind(test, false);
  test.skip = Object.assign(() => {}, { each: skip });
  describe.each = bind(describe, false);
  describe.skip = Object.assign(() => {}, { each: skip });
  Object.assign(globalThis, {
    describe,
    test,
    it: test,
    expect,
    beforeAll: hook("before"),
    afterAll: hook("after"),
    beforeEach: hook("beforeEach"),
    afterEach: hook("afterEach"),
    jest: mocker,
  });
  evaluate(file, new Map());
  return tests;
}

const nameOf = (blocks, name) => [...blocks.slice(1).map((block) => block.name), name].join(" ");

function evaluate(file, modules) {
  const known = modules.get(file);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(file, module);
  const native = createRequire(file);
  const require = (name) =>
    /^\.{1,2}\/.*\.ts$/.test(name) ? evaluate(join(dirname(file), name), modules) : native(name);
  compile(file).runInThisContext()(module.exports, require, module, file, dirname(file));
  return module.exports;
}

function compile(file) {
  const known = compiled.get(file);
  if (known !== undefined) return known;
  const { code } = transformSync(readFileSync(file, "utf8"), {
    filename: file,
    swcrc: false,
    jsc: { parser: { syntax: "typescript", decorators: true }, target: "es2022" },
    module: { type: "commonjs" },
  });
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, {
    filename: file,
  });
  compiled.set(file, script);
  return script;
}
