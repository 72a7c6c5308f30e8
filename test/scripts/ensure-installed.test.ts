import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A separate checkout, in a folder with spaces; its only dependency is a folder beside it, so npm
// needs no network.
let folder: string;

// npm itself runs here, which takes seconds on a busy machine.
jest.setTimeout(120_000);

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "sallyport-install-")), "a folder with spaces");
  mkdirSync(join(folder, "scripts"), { recursive: true });
  copyFileSync(
    join(import.meta.dirname, "../../scripts/ensure-installed.mjs"),
    join(folder, "scripts/ensure-installed.mjs"),
  );
  write("package.json", { name: "checkout", version: "1.0.0", devDependencies: { leaf: "file:leaf" } });
  writeLeaf("1.0.0");
});

afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const write = (path: string, content: object) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(content));
};

function writeLeaf(version: string) {
  write("leaf/package.json", { name: "leaf", version });
  write("package-lock.json", {
    name: "checkout",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "checkout", version: "1.0.0", devDependencies: { leaf: "file:leaf" } },
      leaf: { version, dev: true },
      "node_modules/leaf": { resolved: "leaf", link: true },
    },
  });
}

function run(env: NodeJS.ProcessEnv = {}, flags: string[] = []) {
  const { NODE_ENV: _, ...inherited } = process.env;
  const ended = spawnSync(process.execPath, [...flags, join(folder, "scripts/ensure-installed.mjs")], {
    cwd: tmpdir(),
    encoding: "utf8",
    env: { ...inherited, ...env },
  });
  return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

const installed = () => existsSync(join(folder, "node_modules/leaf/package.json"));

test("a fresh clone is installed whole, with one line about it and nothing on standard output", () => {
  const { status, stdout, stderr } = run({ NODE_ENV: "production", npm_config_omit: "dev" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(stderr).toContain("Installing dependencies with npm ci (no dependencies are installed)");
  expect(installed()).toBe(true);
});

test("what is installed already is left alone, in silence", () => {
  run();
  writeFileSync(join(folder, "node_modules/mark"), "");
  expect(run()).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(existsSync(join(folder, "node_modules/mark"))).toBe(true);
});

test("an installation of an older lock file is replaced", () => {
  run();
  writeLeaf("2.0.0");
  expect(run().stderr).toContain("leaf is not 2.0.0");
  expect(run().stderr).toBe("");
});

test.each([
  [
    "a surplus package",
    { "node_modules/other": { version: "1.0.0" } },
    "node_modules/other is not in package-lock.json",
  ],
  ["a missing package", { leaf: undefined }, "leaf is missing"],
])("%s is a difference", (_, packages, says) => {
  run();
  const noted = { leaf: { version: "1.0.0" }, "node_modules/leaf": { link: true }, ...packages };
  write("node_modules/.package-lock.json", { packages: noted });
  expect(run().stderr).toContain(says);
});

test("an installation that was cut short is replaced", () => {
  run();
  writeFileSync(join(folder, "node_modules/.package-lock.json"), '{"packages": {');
  expect(run().stderr).toContain("the installation cannot be read");
  expect(run().stderr).toBe("");
});

test("a failure of npm is a failure", () => {
  writeFileSync(join(folder, "package-lock.json"), "{}");
  const { status, stdout, stderr } = run();
  expect(status).not.toBe(0);
  expect(stdout).toBe("");
  expect(stderr).toContain("npm ci failed");
});

test("a Node.js that is too old is reported in one line", () => {
  const old = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.18.9'}})";
  const { status, stderr } = run({}, ["--import", old]);
  expect(status).toBe(1);
  expect(stderr).toBe("Sallyport needs Node.js 20.19 or newer; this is 20.18.9.\n");
  expect(installed()).toBe(false);
});
