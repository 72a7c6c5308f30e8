import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Digest } from "../domain/decision/digest.ts";
import { type CaseResult, runCases } from "../policy/cases.ts";
import { compilePolicies } from "../policy/compile.ts";
import type { CompiledPolicies } from "../policy/compiled-policies.ts";
import { describePolicySet, policyDigest } from "../policy/digest.ts";
import { PolicyError } from "../policy/policy-error.ts";
import { type Command, type CommandIo, InputError, readArguments, readInput, UsageError } from "./command.ts";

const OWN_POLICIES = fileURLToPath(new URL("../policies/default", import.meta.url));

const HELP = `Runs test cases against the policies and compares decisions with the expected ones.

Usage: sallyport policy test [options]

  --policies <folder> a folder of Cedar policies with its segments.json; the default policies by default
  --cases <file>      Markdown tables of cases; cases.md in the folder by default
  --json              one JSON object per case, each with the digest of the policies

The exit code is 0 only if every case passes.

Examples:
  sallyport policy test
  sallyport policy test --policies ./policies --json
`;

const FLAGS = {
  policies: { type: "string" },
  cases: { type: "string" },
  json: { type: "boolean" },
} as const;

export const policyCommand: Command = {
  name: "policy",
  help: HELP,
  run: async (argv, io) => {
    const { flags, words } = readArguments("sallyport policy", argv, FLAGS);
    if (words.length !== 1 || words[0] !== "test") {
      throw new UsageError("policy has one action: test.", "See sallyport policy --help.");
    }
    const folder = flags.policies ?? OWN_POLICIES;
    const { policies, results } = await runAll(folder, flags.cases ?? join(folder, "cases.md"));
    const digest = policyDigest(policies);
    for (const result of results) io.stdout(flags.json === true ? jsonLine(result, digest) : line(result));
    const failed = results.filter(({ passed }) => !passed).length;
    summarize(io, results.length, failed);
    io.stderr(`${describePolicySet(policies)}\n`);
    return failed === 0 ? 0 : 1;
  },
};

async function runAll(
  folder: string,
  casesFile: string,
): Promise<{ readonly policies: CompiledPolicies; readonly results: readonly CaseResult[] }> {
  if (!existsSync(folder)) {
    throw new InputError(`--policies: folder ${folder} not found.`, "Check the path and try again.");
  }
  const text = await readInput(casesFile, "--cases");
  try {
    const policies = compilePolicies(folder);
    return { policies, results: runCases(policies, text, casesFile) };
  } catch (error) {
    if (error instanceof PolicyError) throw new InputError(error.message, "Correct it and try again.");
    throw error;
  }
}

const summarize = (io: CommandIo, total: number, failed: number): void =>
  io.stderr(failed === 0 ? `All ${total} cases passed.\n` : `${failed} of ${total} cases failed.\n`);

function line(result: CaseResult): string {
  const { name, expected, got } = summaryOf(result);
  return `${result.passed ? "✓" : "✗"} ${name}: ${result.passed ? got : `expected ${expected}, got ${got}`}\n`;
}

function jsonLine(result: CaseResult, policyDigest: Digest): string {
  const { passed, decision } = result;
  const { policies, monitored } = decision;
  return `${JSON.stringify({ ...summaryOf(result), passed, policies, monitored, policyDigest })}\n`;
}

function summaryOf({ case: one, decision }: CaseResult) {
  return {
    line: one.line,
    name: one.name,
    expected: [one.outcome, ...one.reasons].join(" "),
    got: [decision.outcome, ...decision.reasons].join(" "),
  };
}
