import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { subjectFault } from "../../../scripts/commits/commit-subject.ts";

test.each([
  "scorer: count retries",
  "authorizer, scorer: read addresses in one place, by ipaddr.js",
  "lib/attach: refuse unsafe caches",
  "docs: API reference",
  "deps: bump the aws-sdk group with 3 updates",
  `docs: ${"a".repeat(94)}`,
])("The subject %j is accepted", (subject) => {
  expect(subjectFault(subject)).toBeUndefined();
});

test.each([
  ["Count retries", "does not begin with an area"],
  ["Scorer: count retries", "does not begin with an area"],
  ["scorer:count retries", "does not begin with an area"],
  ["scorer and findings: count retries", "does not begin with an area"],
  ["scorer,: count retries", "does not begin with an area"],
  ["", "does not begin with an area"],
  ["scorer:  ", "says nothing after the area"],
  ["scorer: count retries.", "ends with a full stop"],
  [`docs: ${"a".repeat(95)}`, "is 101 characters long"],
])("The subject %j is refused: it %s", (subject, fault) => {
  expect(subjectFault(subject)).toContain(fault);
});

describe("The subjects of a range of commits", () => {
  const folder = mkdtempSync(join(tmpdir(), "subjects-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], { cwd: folder });
  const check = (...args: string[]) => {
    const script = join(import.meta.dirname, "../../../scripts/commits/check-subjects.ts");
    const tsx = require.resolve("tsx");
    return spawnSync(process.execPath, ["--import", tsx, script, ...args], { cwd: folder, encoding: "utf8" });
  };
  beforeAll(() => {
    git("init", "--quiet", "--initial-branch=main");
    for (const subject of ["Whatever came before", "scorer: count retries", "Say more.", "cli: say less"]) {
      git("commit", "--quiet", "--allow-empty", "--message", subject);
    }
  });

  test("pass where each begins with an area, whatever came before", () => {
    expect(check("HEAD~3..HEAD~2")).toMatchObject({ status: 0, stdout: '1 subjects read "area: what".\n' });
  });

  test("fail with the commit that does not", () => {
    const { status, stderr } = check("HEAD~3..HEAD");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^[0-9a-f]+ "Say more\." does not begin with an area/);
    expect(stderr).not.toContain("cli: say less");
  });

  test("fail where the range does not exist or is missing", () => {
    expect(check("no-such-branch..HEAD").status).not.toBe(0);
    expect(check().status).toBe(2);
  });
});
