import { spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
/** Longer output of a failed synthesis is cut. */
const LONGEST_COMPLAINT = 4000;

/** The CDK app could not be synthesized; the message is its output. */
export class SynthesisFailure extends Error {
  override readonly name = "SynthesisFailure";
}

/**
 * Synthesizes bin/app.ts, as `cdk synth` does, into a cloud assembly. Needs no account and no
 * network.
 *
 * @param signal Ends the child process
 * @throws SynthesisFailure
 */
export function synthesize(configurationFile: string, outDir: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "bin/app.ts")], {
      cwd: ROOT,
      env: {
        ...process.env,
        CDK_OUTDIR: outDir,
        CDK_CONTEXT_JSON: JSON.stringify({ config: configurationFile }),
      },
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal !== undefined && { signal }),
    });
    let said = "";
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-LONGEST_COMPLAINT);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    let fault: Error | undefined;
    child.once("error", (error) => {
      fault = error;
      // A process that never started emits no close event.
      if (child.pid === undefined) reject(error);
    });
    child.once("close", (code) => {
      if (fault === undefined && code === 0) resolve();
      else reject(fault ?? new SynthesisFailure(`Synthesis failed:\n${said.trim()}`));
    });
  });
}
