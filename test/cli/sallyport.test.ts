import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
jest.setTimeout(60_000);

/** Runs the command as a shell would, from another folder. */
function sallyport(...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "bin/sallyport.mjs"), ...argv], { cwd: tmpdir() });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdin.end();
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

describe("the sallyport command", () => {
  it("knows its version and its commands", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(await sallyport("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const { stdout } = await sallyport("--help");
    for (const name of ["attach", "snippet", "decide", "score", "policy", "device", "restrict"])
      expect(stdout).toContain(`\n  ${name} `);
  });

  it("has a help with examples for each command", async () => {
    for (const name of ["attach", "snippet", "decide", "score", "policy", "device", "restrict"]) {
      const { code, stdout, stderr } = await sallyport(name, "--help");
      expect([name, code, stderr]).toEqual([name, 0, ""]);
      expect(stdout).toMatch(/Usage:[\s\S]*Examples:/);
    }
  });

  it("refuses what it does not know with exit code 2 and a next step", async () => {
    for (const argv of [["decid"], ["decide", "--jwk", "x"], ["policy", "tset"], ["score", "--fast"]]) {
      const { code, stdout, stderr } = await sallyport(...argv);
      expect([argv, code, stdout]).toEqual([argv, 2, ""]);
      expect(stderr).toContain("--help");
      expect(stderr).not.toContain("    at ");
    }
  });
});
