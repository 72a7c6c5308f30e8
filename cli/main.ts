import { type CommandIo, type ListedCommand, messageOf, UsageError } from "./command.ts";

/** Runs one command line and resolves to the exit code. Never throws and prints no stack trace. */
export async function main(
  argv: readonly string[],
  io: CommandIo,
  commands: readonly ListedCommand[],
  version: string,
): Promise<number> {
  try {
    return await dispatch(argv, io, commands, version);
  } catch (error) {
    const understood = error instanceof UsageError;
    const next = understood ? error.next : "This is a bug. Please report it with the command that you ran.";
    io.stderr(`sallyport: ${messageOf(error)}\n${next}\n`);
    return understood ? error.exitCode : 1;
  }
}

async function dispatch(
  argv: readonly string[],
  io: CommandIo,
  commands: readonly ListedCommand[],
  version: string,
): Promise<number> {
  const [word, ...rest] = argv;
  if (word === "--version") {
    io.stdout(`${version}\n`);
    return 0;
  }
  if (word === undefined) {
    io.stderr(overview(commands));
    return 2;
  }
  if (word === "--help" || word === "-h" || (word === "help" && rest.length === 0)) {
    io.stdout(overview(commands));
    return 0;
  }
  if (word.startsWith("-")) throw new UsageError(`Unknown option ${word}.`, "See sallyport --help.");
  const name = word === "help" ? rest[0] : word;
  const listed = commands.find((candidate) => candidate.name === name);
  if (listed === undefined) {
    const known = commands.map((candidate) => candidate.name).join(", ");
    throw new UsageError(
      `Unknown command ${JSON.stringify(name)}.`,
      `Commands: ${known}. See sallyport --help.`,
    );
  }
  const command = await listed.load();
  if (word === "help" || asksForHelp(rest)) {
    io.stdout(command.help);
    return 0;
  }
  return command.run(rest, io);
}

/** `--` ends the flags, so a file called `--help` can still be named. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  return flags.includes("--help") || flags.includes("-h");
}

function overview(commands: readonly ListedCommand[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "sallyport: zero trust for Amazon API Gateway",
    "",
    "Usage: sallyport <command> [options]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Options:",
    "  --help     this text; sallyport <command> --help describes one command",
    "  --version  the version",
    "",
  ].join("\n");
}
