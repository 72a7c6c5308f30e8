import type { OnLog } from "../lambda/execution-environment.ts";

export interface FunctionErrors {
  readonly onLog: OnLog;
  /** Text to print after a failed scenario; empty if the functions logged no warnings or errors. */
  readonly describe: () => string;
}

const KEPT = 20;
const LONGEST_LINE = 300;
const CALM = ["INFO", "DEBUG", "TRACE"];

/**
 * Keeps the latest log lines that point to a fault: warnings and errors, and lines that are neither
 * log records nor metrics, such as a crash or a timeout. Lines are shortened but not redacted: the
 * functions must not log tokens.
 */
export function collectFunctionErrors(): FunctionErrors {
  const kept: string[] = [];
  return {
    onLog: ({ functionName, line }) => {
      if (!reportsProblem(line)) return;
      const shown = line.slice(0, LONGEST_LINE).replace(/\p{Cc}/gu, " ");
      kept.push(`[${functionName}] ${shown}${line.length > LONGEST_LINE ? " …" : ""}`);
      if (kept.length > KEPT) kept.shift();
    },
    describe: () =>
      kept.length === 0
        ? ""
        : `Warnings and errors of the functions (the last ${KEPT} lines; --verbose shows all):\n${kept.join("\n")}\n`,
  };
}

function reportsProblem(line: string): boolean {
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
