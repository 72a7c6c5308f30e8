import type { OnLog } from "../execution-environment.ts";

export interface Trouble {
  readonly onLog: OnLog;
  /** Text to print after a scenario that did not go as expected; empty where the functions complained of nothing. */
  readonly describe: () => string;
}

const KEPT = 20;
const LONGEST_LINE = 300;

/** Keeps the latest log lines that tell of trouble: warnings and worse, and whatever is no log record, like a crash or a timeout. */
export function collectTrouble(): Trouble {
  const kept: string[] = [];
  return {
    onLog: ({ functionName, line }) => {
      if (!tellsOfTrouble(line)) return;
      kept.push(`[${functionName}] ${line.slice(0, LONGEST_LINE)}${line.length > LONGEST_LINE ? " …" : ""}`);
      if (kept.length > KEPT) kept.shift();
    },
    describe: () =>
      kept.length === 0
        ? ""
        : `What the functions complained of (at most the last ${KEPT} lines; --verbose shows all):\n${kept.join("\n")}\n`,
  };
}

function tellsOfTrouble(line: string): boolean {
  if (line.trim() === "") return false;
  try {
    const record: unknown = JSON.parse(line);
    const level = typeof record === "object" && record !== null && "level" in record ? record.level : "INFO";
    return level !== "INFO" && level !== "DEBUG";
  } catch {
    return true;
  }
}
