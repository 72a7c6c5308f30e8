import { Readable } from "node:stream";
import type { Command } from "../../../cli/command.ts";
import { main } from "../../../cli/main.ts";

export const VERSION = "1.2.3";

/**
 * Runs a command line in this process, with one command to choose from, and catches what it writes.
 */
export async function runCommandLine(command: Command, argv: readonly string[], input = "") {
  const written = { stdout: "", stderr: "" };
  const into = (stream: keyof typeof written) => (text: string) => {
    written[stream] += text;
  };
  const io = {
    stdin: Readable.from(input === "" ? [] : [input]),
    stdout: into("stdout"),
    stderr: into("stderr"),
  };
  const code = await main(
    argv,
    io,
    [{ name: command.name, summary: "goes", load: async () => command }],
    VERSION,
  );
  return { code, ...written };
}
