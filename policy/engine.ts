import { setFlagsFromString } from "node:v8";
import {
  type AuthorizationAnswer,
  type CheckParseAnswer,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
} from "@cedar-policy/cedar-wasm/nodejs";
import type { AskPolicies, PolicyAnswer, PolicyNote } from "../domain/decision/policy-question.ts";
import type { CompiledPolicies } from "./compiled-policies.ts";
import { type CedarQuestion, phraseQuestion } from "./phrase-question.ts";

// On Node 20, V8 ends the process once it has inlined hot calls into this module:
// docs/decisions/0010-cedar-on-node-20.md.
if (Number.parseInt(process.versions.node, 10) < 24) setFlagsFromString("--no-turbo-inline-js-wasm-calls");

/** Cedar keeps what was parsed under names that all engines of a process share. */
let engines = 0;

/**
 * Prepares compiled policies for asking. Policies and schema are read here, once; asking costs a
 * fraction of a millisecond. Every question is validated against the schema. What cannot be put to
 * Cedar exactly (a number that is not a whole one, a string that is not Unicode) and every error of
 * an enforced policy is in the answer's `errors`.
 *
 * Determining policies come in the order of the compiled ones, because Cedar's own order varies
 * from run to run: of several forbids that apply, the first one in the policy file gives the
 * deciding reason.
 *
 * Report-only policies are evaluated apart from the enforced ones and cannot change the verdict or
 * add an error. One that errs is reported in `monitored` with the reason `policy-error`, which is
 * what enforcing it would have led to.
 *
 * @throws {Error} if the policies do not parse; compilePolicies sees to it that they do
 */
export function createPolicyEngine(compiled: CompiledPolicies): AskPolicies {
  engines += 1;
  const schema = `schema-${engines}`;
  insist("schema", preparseSchema(schema, compiled.schema));
  const notes = Object.values(compiled.policies).map(({ note }) => note);
  const enforced = prepare(`enforced-${engines}`, compiled, false);
  const monitor = prepare(`monitor-${engines}`, compiled, true);

  return (question) => {
    const phrased = phraseQuestion(question);
    if (phrased.status === "unaskable") {
      return { verdict: "deny", determining: [], monitored: [], errors: phrased.problems };
    }
    const answer = ask(enforced.name, schema, phrased.question);
    const determining = notes.filter(({ id }) => answer.reason.includes(id));
    const monitored = monitor.notes.length === 0 ? [] : askMonitor(monitor, schema, phrased.question);
    return { verdict: answer.verdict, determining, monitored, errors: answer.errors };
  };
}

interface PreparedSet {
  /** What Cedar knows the set by */
  readonly name: string;
  readonly notes: readonly PolicyNote[];
}

interface CedarAnswer {
  readonly verdict: PolicyAnswer["verdict"];
  readonly reason: readonly string[];
  readonly errors: readonly string[];
  /** Ids of the policies that could not be evaluated */
  readonly erring: readonly string[];
}

function prepare(name: string, { policies }: CompiledPolicies, monitor: boolean): PreparedSet {
  const chosen = Object.entries(policies).filter(([, policy]) => policy.monitor === monitor);
  const staticPolicies = Object.fromEntries(chosen.map(([id, { json }]) => [id, json]));
  insist("policies", preparsePolicySet(name, { staticPolicies }));
  return { name, notes: chosen.map(([, { note }]) => note) };
}

function insist(what: string, answer: CheckParseAnswer): void {
  if (answer.type === "success") return;
  throw new Error(`the compiled ${what} cannot be parsed: ${answer.errors.map((e) => e.message).join("; ")}`);
}

function ask(policySet: string, schema: string, question: CedarQuestion): CedarAnswer {
  const answer: AuthorizationAnswer = statefulIsAuthorized({
    ...question,
    preparsedPolicySetId: policySet,
    preparsedSchemaName: schema,
    validateRequest: true,
  });
  if (answer.type === "failure") {
    const errors = answer.errors.map(({ message }) => message);
    return { verdict: "deny", reason: [], errors: errors.length > 0 ? errors : ["unknown"], erring: [] };
  }
  const { decision, diagnostics } = answer.response;
  return {
    // Anything but the one word is a denial.
    verdict: decision === "allow" && diagnostics.errors.length === 0 ? "allow" : "deny",
    reason: diagnostics.reason,
    errors: diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`),
    erring: diagnostics.errors.map(({ policyId }) => policyId),
  };
}

/** The set holds forbids alone, so Cedar names every one that applies. */
function askMonitor(monitor: PreparedSet, schema: string, question: CedarQuestion): readonly PolicyNote[] {
  const answer = askOrFail(monitor.name, schema, question);
  const failed = answer.errors.length > answer.erring.length;
  return monitor.notes.flatMap((note): readonly PolicyNote[] => {
    const { id, effect } = note;
    if (failed || answer.erring.includes(id)) return [{ id, effect, reason: "policy-error" }];
    return answer.reason.includes(id) ? [note] : [];
  });
}

function askOrFail(policySet: string, schema: string, question: CedarQuestion): CedarAnswer {
  try {
    return ask(policySet, schema, question);
  } catch (error) {
    return { verdict: "deny", reason: [], errors: [String(error)], erring: [] };
  }
}
