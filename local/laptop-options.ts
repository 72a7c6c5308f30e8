import { parseArgs } from "node:util";

export interface LaptopCommandOptions {
  readonly help: boolean;
  /** Run the scenario to its end and exit */
  readonly once: boolean;
  readonly json: boolean;
  /** Functions' logs on standard error */
  readonly verbose: boolean;
  /** The page's port; undefined: the default, or any free one if that is taken */
  readonly port: number | undefined;
}

/** Invalid command line; the message says what is wrong and what to do. */
export class LaptopUsageError extends Error {
  override readonly name = "LaptopUsageError";
}

export const LAPTOP_HELP = `Runs all of Sallyport on this machine, from the template that cdk synth writes, and runs a scenario on it.

Usage: npm start -- [options]

  --once         run the scenario to its end, print a table of expected and got, and exit;
                 the exit code is 0 only if every step is as expected
  --json         print only JSON on standard output, one object per step, decision and finding
  --port <port>  port of the page; 8484 by default
  --verbose      print the functions' logs on standard error
  --help         print this text

Without --once everything runs until Ctrl-C. Everything listens on 127.0.0.1 only; no AWS account is used.

Examples:
  npm start
  npm start -- --once
  npm start -- --once --json
`;

const FLAGS = {
  help: { type: "boolean", short: "h" },
  once: { type: "boolean" },
  json: { type: "boolean" },
  verbose: { type: "boolean" },
  port: { type: "string" },
} as const;

/** @throws LaptopUsageError */
export function readLaptopOptions(argv: readonly string[]): LaptopCommandOptions {
  const { port, help = false, once = false, json = false, verbose = false } = parse(argv);
  if (port !== undefined && once) rejectOptions("--port cannot be used with --once, which serves no page.");
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    rejectOptions(`--port ${port} must be a port from 1 to 65535.`);
  }
  return { help, once, json, verbose, port: port === undefined ? undefined : Number(port) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS }).values;
  } catch (error) {
    const [complaint = ""] = (error as Error).message.split(/\. |\n/);
    return rejectOptions(`${complaint.replace(/\.$/, "")}.`);
  }
}

function rejectOptions(complaint: string): never {
  throw new LaptopUsageError(`${complaint}\nSee npm start -- --help.`);
}
