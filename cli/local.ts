import { LAPTOP_HELP } from "../local/laptop-options.ts";
import type { Command } from "./command.ts";

export const localCommand: Command = {
  name: "local",
  help: LAPTOP_HELP,
  // The other commands need none of the laptop's packages, and should not wait for them.
  run: async (argv, io) => (await import("../local/run-laptop.ts")).runLaptop(argv, io),
};
