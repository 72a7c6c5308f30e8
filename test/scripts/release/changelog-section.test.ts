import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { changelogSection } from "../../../scripts/release/changelog-section.ts";

const CHANGELOG = `# Changelog

All notable changes.

## 0.3.0 - Unreleased

### Added

- Not yet.

## 0.2.0 - 2026-12-01

### Added

- A console.

### Fixed

- A typo.

## 0.1.1 - 2026-11-30

### Added

## 0.1.0 - 2026-11-26

- The first.
`;

test("The notes of a version are its section of the changelog, without heading and neighbours", () => {
  expect(changelogSection(CHANGELOG, "0.2.0")).toBe("### Added\n\n- A console.\n\n### Fixed\n\n- A typo.");
  expect(changelogSection(CHANGELOG, "0.1.0")).toBe("- The first.");
});

test.each([
  ["0.3.0", 'gives 0.3.0 the date "Unreleased"'],
  ["0.4.0", "no section on 0.4.0; it has: 0.3.0, 0.2.0, 0.1.1, 0.1.0"],
  ["0.1", "no section on 0.1;"],
  ["0.1.1", "says nothing about 0.1.1"],
])("The version %s cannot be released, because the changelog %s", (version, says) => {
  expect(() => changelogSection(CHANGELOG, version)).toThrow(says);
});

test("The project's own changelog has a section on the version in package.json", () => {
  const { version } = require("../../../package.json");
  const root = join(import.meta.dirname, "../../..");
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "scripts/release/release-notes.ts", ...args], {
      cwd: root,
      encoding: "utf8",
    });
  const { status, stdout, stderr } = run("--tag", `v${version}`);
  // Until its release the section has no date, which is what stops the release workflow.
  if (status === 0) expect(stdout.length).toBeGreaterThan(0);
  else expect(stderr).toContain(`gives ${version} the date "Unreleased"`);

  expect(run("--tag", "v999.0.0")).toMatchObject({
    status: 1,
    stdout: "",
    stderr: `The tag is v999.0.0, and package.json has version ${version}: tag v${version}.\n`,
  });
  expect(run()).toMatchObject({ status: 1, stderr: "Name one version: npm run release-notes -- 0.2.0\n" });
});
