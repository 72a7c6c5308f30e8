import type { OnLog } from "../lambda/execution-environment.ts";

export interface Trouble {
  readonly onLog: OnLog;
  /** Text to print after a scenario that did not go as expected; empty where the functions complained of nothing. */
  readonly describe: () => string;
}

const KEPT = 20;
const LONGEST_LINE = 300;
const CALM = ["INFO", "DEBUG", "TRACE"];

/**
 * Keeps the latest log lines that tell of trouble: warnings and worse, and whatever is neither a log record nor metrics, like a crash or
 * a timeout. What functions write is kept as it is, shortened: that no token stands there is theirs to see to.
 */
export function collectTrouble(): Trouble {
  const kept: string[] = [];
  return {
    onLog: ({ functionName, line }) => {
      if (!tellsOfTrouble(line)) return;
      const shown = line.slice(0, LONGEST_LINE).replace(/\p{Cc}/gu, " ");
      kept.push(`[${functionName}] ${shown}${line.length > LONGEST_LINE ? " …" : ""}`);
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
    if (typeof record !== "object" || record === null) return true;
    if ("level" in record) return !CALM.includes(String(record.level).toUpperCase());
    return !("_aws" in record);
  } catch {
    return true;
  }
}
