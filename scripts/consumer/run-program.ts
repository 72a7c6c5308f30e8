import { spawn } from "node:child_process";
import { delimiter } from "node:path";

export interface Program {
  readonly cwd: string;
  /**
   * A folder that comes first on the PATH: which Node.js runs the program and all that it starts
   */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// What npm tells the scripts that it runs would make an npm in a consumer's app take this project
// for its own.
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_(registry|cache))|NODE_(?!EXTRA_CA_CERTS)|AWS_(?!CA_BUNDLE)|CDK_|INIT_CWD)/i.test(
        name,
      ),
  ),
);

const LONGEST_MS = 300_000;

/**
 * Runs a program to its end and collects what it prints. A program that takes over five minutes is
 * killed.
 */
export function runProgram(argv: readonly string[], { cwd, node, env }: Program): Promise<Ended> {
  const [command = "", ...rest] = argv;
  const path = [node, process.env.PATH].filter((part) => part !== undefined).join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      cwd,
      env: { ...inherited, PATH: path, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LONGEST_MS,
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...said }));
  });
}

/** The same, and throws with all that the program printed unless it exits with 0. */
export async function succeed(argv: readonly string[], program: Program): Promise<Ended> {
  const ended = await runProgram(argv, program);
  if (ended.code !== 0) {
    throw new Error(`${argv.join(" ")} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`);
  }
  return ended;
}
