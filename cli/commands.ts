import { VERSION } from "../contract/version.ts";
import { attachCommand } from "./attach/attach.ts";
import type { Command, CommandIo } from "./command.ts";
import { decideCommand } from "./decide.ts";
import { deviceCommand } from "./device.ts";
import { localCommand } from "./local.ts";
import { main } from "./main.ts";
import { policyCommand } from "./policy.ts";
import { scoreCommand } from "./score.ts";
import { snippetCommand } from "./snippet.ts";

const COMMANDS: readonly Command[] = [
  attachCommand,
  decideCommand,
  scoreCommand,
  policyCommand,
  deviceCommand,
  snippetCommand,
  localCommand,
];

/** Runs one `sallyport` command line and resolves to the exit code. */
export function sallyport(argv: readonly string[], io: CommandIo): Promise<number> {
  return main(argv, io, COMMANDS, VERSION);
}
