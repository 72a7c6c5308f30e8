import { LAPTOP_HELP, runLaptop } from "../local/run-laptop.ts";
import type { Command } from "./command.ts";

export const localCommand: Command = {
  name: "local",
  summary: "run everything on this machine, as npm start does",
  help: LAPTOP_HELP,
  run: runLaptop,
};
