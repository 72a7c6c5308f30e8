import type { Step } from "../../domain/attach/step.ts";
import type { CommandIo } from "../command.ts";
import { printable } from "../printable.ts";
import { describeStep } from "./perform-step.ts";

const WIDTH = 24;
/** Steps between two lines of output where standard error is not a terminal */
const LINE_EVERY = 50;

export interface Progress {
  readonly onStep: (step: Step, at: number, of: number) => void;
  /** Leaves the terminal's line */
  readonly end: () => void;
}

/**
 * Shows progress on standard error: a bar on a terminal; otherwise a line for each step that is not
 * a route, and an occasional line for routes.
 * @param calls calls of AWS so far
 */
export function createProgress(
  io: CommandIo,
  isTerminal: boolean,
  calls: () => number,
  now: () => number,
): Progress {
  let began = now();
  let longest = 0;
  return {
    onStep: (step, at, of) => {
      if (at === 1) began = now();
      if (isTerminal) {
        const line = bar(step, at, of, calls(), remaining(now() - began, at, of));
        io.stderr(`\r${line.padEnd(longest)}`);
        longest = Math.max(longest, line.length);
        return;
      }
      const isRoute = step.do === "guard-route" || step.do === "restore-route";
      if (!isRoute || at % LINE_EVERY === 0 || at === of)
        io.stderr(`${at}/${of} ${printable(describeStep(step))}\n`);
    },
    end: () => {
      if (longest > 0) io.stderr(`\r${" ".repeat(longest)}\r`);
      longest = 0;
    },
  };
}

function bar(step: Step, at: number, of: number, calls: number, seconds: number | undefined): string {
  const full = Math.round((WIDTH * at) / of);
  const left = seconds === undefined ? "" : `, ${seconds} s left`;
  const line = `[${"#".repeat(full)}${" ".repeat(WIDTH - full)}] ${at}/${of}, ${calls} calls${left}  ${printable(describeStep(step))}`;
  return line.length > 110 ? `${line.slice(0, 109)}…` : line;
}

function remaining(elapsed: number, at: number, of: number): number | undefined {
  return at < 5 ? undefined : Math.ceil(((elapsed / (at - 1)) * (of - at + 1)) / 1000);
}
