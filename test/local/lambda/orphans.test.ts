import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, functionResource, writeAssembly } from "../../support/shop/assembly.ts";

jest.setTimeout(60_000);

/** Boots a stack, tells the pid of a function's process, and dies without a chance to clean up. */
const DOOMED = `
  const { bootStack } = await import(process.argv[2]);
  const stack = await bootStack({ assemblyDir: process.argv[3] });
  const { payload } = await stack.functions.invoke("idle", {});
  void stack.functions.invoke("idle", { busy: true });
  process.stdout.write(String(payload), () => setTimeout(() => process.kill(process.pid, "SIGKILL"), 100));`;

/** A process that has ended but was not reaped yet has no command line. */
function isRunning(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

test("processes of functions go when the stack that started them is killed", async () => {
  const assembly = writeAssembly(
    { Doomed: { Resources: { Idle: functionResource("idle", { FunctionName: "idle" }) } } },
    {
      idle: `export const handler = async ({ busy }) => {
        if (busy) await new Promise((resolve) => setTimeout(resolve, 500));
        return process.pid; };`,
    },
  );
  const script = join(assembly.dir, "doomed.mts");
  writeFileSync(script, DOOMED);
  const boot = join(import.meta.dirname, "../../../local/boot.ts");
  const parent = spawn(process.execPath, ["--import", "tsx", script, boot, assembly.dir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  parent.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const killedBy = await new Promise((resolve) => parent.once("close", (_, signal) => resolve(signal)));
  expect(killedBy).toBe("SIGKILL");
  expect(printed).toMatch(/^\d+$/);
  await eventually(() => (isRunning(printed) ? undefined : true));
  assembly.remove();
});
