import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUNDLE_FILE } from "../contract/environment.ts";
import { bundleSource } from "../lib/functions/bundle-source.ts";
import { compilePolicies } from "../policy/compile.ts";
import { digestOf, policyDigest } from "../policy/digest.ts";
import { median } from "./rounds.ts";
import { startSurroundings } from "./surroundings.ts";

const ROOT = join(import.meta.dirname, "..");
const resolvePackage = createRequire(import.meta.url).resolve;

/**
 * What the bundle loads, each part made ready alone in its own process. They are files and not
 * strings, so that the compiler follows their imports when a file moves.
 */
const PARTS: Readonly<Record<string, string>> = {
  "AWS SDK (DynamoDB, EventBridge)": "aws-sdk",
  "token verification": "token-verification",
  "Powertools logger and metrics": "telemetry",
  "Cedar engine with the default policies": "cedar-engine",
};

const FIRST_DECISION = `
  const { handler } = await import("./index.mjs");
  const response = await handler(JSON.parse(process.env.BENCH_EVENT), { awsRequestId: "r1", getRemainingTimeInMillis: () => 5000 });
  if (response.context.decision === "allow") done();
  process.exit(response.context.decision === "allow" ? 0 : 9);`;

/** The same as `done.ts`, for programs that are not bundled. */
const DONE = 'import { writeSync } from "node:fs"; const done = () => writeSync(1, ".");';

export interface ColdFigures {
  /**
   * Milliseconds from spawning `node` until it has done its work, medians; \`added\` is what goes
   * beyond \`node\` doing nothing
   */
  readonly programs: readonly { readonly name: string; readonly ms: number; readonly added: number }[];
}

/**
 * Process start to first decision of the authorizer's bundle, with real keys over TLS and a real
 * table over HTTP on loopback.
 */
export async function measureCold(rounds: number): Promise<ColdFigures> {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const surroundings = await startSurroundings(folder);
  try {
    await writeFunction(folder);
    const programs = writePrograms(folder);
    const samples = programs.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [at, { file }] of programs.entries()) {
        const ms = await timeProcess(join(folder, file), surroundings.environment);
        // The first round fills the file cache.
        if (round > 0) samples[at]?.push(ms);
      }
    }
    const nothing = samples[0] ?? [];
    return {
      programs: programs.map(({ name }, at) => {
        const own = samples[at] ?? [];
        return { name, ms: median(own), added: median(own.map((ms, round) => ms - (nothing[round] ?? 0))) };
      }),
    };
  } finally {
    await surroundings.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeFunction(folder: string): Promise<void> {
  writeFileSync(join(folder, "index.mjs"), bundleSource(join(ROOT, "lambda/authorizer/handler.ts")).code);
  const policies = compilePolicies(join(ROOT, "policies/default"));
  writeFileSync(join(folder, BUNDLE_FILE.policy), JSON.stringify(policies));
  const digests = { policies: policyDigest(policies), configuration: digestOf({}) };
  writeFileSync(join(folder, BUNDLE_FILE.digests), JSON.stringify(digests));
  const glue = resolvePackage("@cedar-policy/cedar-wasm/nodejs");
  await copyFile(join(glue, "../cedar_wasm_bg.wasm"), join(folder, "cedar_wasm_bg.wasm"));
}

function writePrograms(folder: string): { name: string; file: string }[] {
  writeFileSync(join(folder, "nothing.mjs"), `${DONE} done();`);
  writeFileSync(join(folder, "first.mjs"), `${DONE}${FIRST_DECISION}`);
  const parts = Object.entries(PARTS).map(([name, part]) => {
    const file = `${part}.mjs`;
    writeFileSync(join(folder, file), bundleSource(join(import.meta.dirname, "parts", `${part}.ts`)).code);
    return { name, file };
  });
  return [
    { name: "node doing nothing", file: "nothing.mjs" },
    { name: "first decision", file: "first.mjs" },
    ...parts,
  ];
}

function timeProcess(file: string, environment: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, [file], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let ms: number | undefined;
    child.stdout.once("data", () => {
      ms = Number(process.hrtime.bigint() - started) / 1e6;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 && ms !== undefined) resolve(ms);
      else
        reject(
          new Error(`${file} ended with ${code}: the first decision was not an allow, or a part failed`),
        );
    });
  });
}
