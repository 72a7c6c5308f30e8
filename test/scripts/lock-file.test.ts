import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingOptionalPackages } from "../../scripts/lock-file.ts";

test("package-lock.json names the packages for every platform (else run `npm run lock`)", () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"));
  expect(missingOptionalPackages(lock)).toEqual({});
});

const wants = (optionalDependencies: Record<string, string>) => ({
  version: "2.0.0",
  dev: true,
  optionalDependencies,
});

test("a missing package is made from what its name says", () => {
  const packages = {
    "node_modules/tool": wants({
      "@tool/linux-x64-musl": "2.0.0",
      "@tool/linux-arm-gnueabihf": "2.0.0",
      "@tool/binding-win32-ia32-msvc": "2.0.0",
      "tool-darwin-arm64": "2.0.0",
    }),
  };
  const rest = { version: "2.0.0", dev: true, optional: true };
  expect(missingOptionalPackages({ packages })).toEqual({
    "node_modules/@tool/linux-x64-musl": { ...rest, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    "node_modules/@tool/linux-arm-gnueabihf": { ...rest, os: ["linux"], cpu: ["arm"], libc: ["glibc"] },
    "node_modules/@tool/binding-win32-ia32-msvc": { ...rest, os: ["win32"], cpu: ["ia32"] },
    "node_modules/tool-darwin-arm64": { ...rest, os: ["darwin"], cpu: ["arm64"] },
  });
});

test("what is there is left alone, at the top or nested, exact or by range", () => {
  const packages = {
    "node_modules/tool": wants({ "tool-darwin-arm64": "2.0.0", fsevents: "~2.3.3" }),
    "node_modules/tool/node_modules/tool-darwin-arm64": { version: "2.0.0" },
    "node_modules/tool-darwin-arm64": { version: "1.0.0" },
    "node_modules/fsevents": { version: "2.3.4" },
  };
  expect(missingOptionalPackages({ packages })).toEqual({});
});

test("another version at the top is not in the way", () => {
  const packages = {
    "node_modules/tool": wants({ "tool-darwin-arm64": "2.0.0" }),
    "node_modules/tool-darwin-arm64": { version: "1.0.0" },
  };
  expect(Object.keys(missingOptionalPackages({ packages }))).toEqual([
    "node_modules/tool/node_modules/tool-darwin-arm64",
  ]);
});

test.each([
  [{ "tool-of-its-own": "2.0.0" }, /does not say which platform/],
  [{ "tool-darwin-arm64": "^2.0.0" }, /not an exact version/],
])("%j is not guessed at", (wanted, message) => {
  expect(() => missingOptionalPackages({ packages: { "node_modules/tool": wants(wanted) } })).toThrow(
    message,
  );
});
