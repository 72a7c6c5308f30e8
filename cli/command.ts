import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

/** What a command may touch of the outside; tests hand in their own. */
export interface CommandIo {
  readonly stdin: NodeJS.ReadableStream;
  /** Writes to standard output as it is; results only */
  readonly stdout: (text: string) => void;
  /** Writes to standard error as it is; progress and complaints */
  readonly stderr: (text: string) => void;
}

/**
 * One word after `sallyport`. `run` resolves to the exit code: 0 done, 1 the answer is a failure, 2
 * usage error.
 */
export interface Command {
  readonly name: string;
  readonly help: string;
  readonly run: (argv: readonly string[], io: CommandIo) => Promise<number>;
}

/** A command as the overview tells it. It is loaded when it is called: some bring much along. */
export interface ListedCommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/**
 * The command line was not understood: exit code 2. `next` is one sentence that says what to do
 * about it.
 */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  readonly exitCode: number = 2;
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/** The command line was understood, what it names cannot be used: exit code 1. */
export class InputError extends UsageError {
  override readonly name = "InputError";
  override readonly exitCode = 1;
}

interface Flag {
  readonly type: "string" | "boolean";
  /** The flag can be given more than once */
  readonly multiple?: boolean;
}

type FlagSpec = Readonly<Record<string, Flag>>;

type FlagValue<F extends Flag> = F["type"] extends "boolean"
  ? boolean
  : F extends { readonly multiple: true }
    ? readonly string[]
    : string;

export interface Arguments<S extends FlagSpec> {
  readonly flags: { readonly [Name in keyof S]?: FlagValue<S[Name]> };
  readonly words: readonly string[];
}

/**
 * Reads flags and words with node:util `parseArgs`. A flag that is unknown, lacks its value, or is
 * repeated where one is accepted is a UsageError.
 */
export function readArguments<const S extends FlagSpec>(
  command: string,
  argv: readonly string[],
  spec: S,
): Arguments<S> {
  const next = `See ${command} --help.`;
  const { values, positionals, tokens } = parse(argv, spec, next);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option" || spec[token.name]?.multiple === true) continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given more than once.`, next);
    seen.add(token.name);
  }
  return { flags: values as Arguments<S>["flags"], words: positionals };
}

function parse(argv: readonly string[], options: FlagSpec, next: string) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, tokens: true });
  } catch (error) {
    // parseArgs goes on to explain how to pass words that begin with a dash; the first sentence is
    // the complaint.
    const [complaint = ""] = messageOf(error).split(/\. |\n/);
    throw new UsageError(`${complaint.replace(/\.$/, "")}.`, next);
  }
}

/**
 * Reads a text file; any trouble is an InputError that names the file and the flag it was given by.
 */
export async function readInput(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? "file not found"
        : code === "EISDIR"
          ? "it is a directory"
          : code === "EACCES"
            ? "permission denied"
            : messageOf(error);
    throw new InputError(`${what}: cannot read ${path}: ${why}.`, "Check the path and try again.");
  }
}

/**
 * Reads a JSON file; any trouble is an InputError. Says nothing about the shape of what it holds.
 */
export async function readJsonInput(path: string, what: string): Promise<unknown> {
  const text = await readInput(path, what);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    throw new InputError(`${what}: ${path} is not JSON.`, "Correct the file and try again.");
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
