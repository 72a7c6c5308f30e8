import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyCommand } from "../../cli/policy.ts";
import { runCommandLine } from "../support/cli/run-command-line.ts";

const run = (...argv: string[]) => runCommandLine(policyCommand, ["policy", ...argv]);

const SUMMARY = /^All \d+ cases passed\.\nPolicy digest: (?<digest>sha256:[0-9a-f]{64}), \d+ policies\n$/;

describe("sallyport policy test", () => {
  it("finds every case of the default policies as expected", async () => {
    const { code, stdout, stderr } = await run("test", "--json");
    expect([code, stderr]).toEqual([0, expect.stringMatching(SUMMARY)]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.every(({ passed }) => passed === true)).toBe(true);
    const digest = SUMMARY.exec(stderr)?.groups?.digest;
    expect(lines.every(({ policyDigest }) => policyDigest === digest)).toBe(true);
  });

  it("fails where a case differs, and says how", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sallyport-policy-"));
    try {
      const cases = join(folder, "cases.md");
      const text = await readFile(join(import.meta.dirname, "../../policies/default/cases.md"), "utf8");
      // The first case that is allowed is said to be denied.
      await writeFile(cases, text.replace(/\| allow +\| policy-permits +\|/, "| deny | role-missing |"));
      const { code, stdout, stderr } = await run("test", "--cases", cases);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^✗ .*: expected deny role-missing, got allow policy-permits$/m);
      expect(stderr).toMatch(/^1 of \d+ cases failed\.\nPolicy digest: sha256:[0-9a-f]{64}, \d+ policies\n$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("explains what it was asked wrongly or cannot use", async () => {
    for (const [argv, code] of [
      [[], 2],
      [["tested"], 2],
      [["test", "test"], 2],
      [["test", "--cases", "/nowhere.md"], 1],
      [["test", "--policies", "/nowhere"], 1],
    ] as const) {
      const result = await run(...argv);
      expect([argv, result.code, result.stdout]).toEqual([argv, code, ""]);
      expect(result.stderr).toMatch(/^sallyport: .+\n.+\n$/);
    }
  });
});
