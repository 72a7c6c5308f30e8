import type { ExplainedSurvivor } from "../check-report.ts";
import { explain } from "../explain.ts";

const FLAG =
  "The flag keeps V8 on Node.js 20 from ending the process after many calls; bench/ and test/lambda/authorizer/bundle.test.ts make them";

const FAILURE =
  "Cedar names at least one error with each failure, and the ids of a failed answer match no policy";

const THROWN =
  "Only a trap of the WebAssembly module throws, which no question is known to cause; authorize denies for any error";

const NAMES =
  "Cedar keeps what was parsed by name: the names stay different by counting down, and all engines have the same schema";

const LINE =
  'if (Number.parseInt(process.versions.node, 10) < 24) setFlagsFromString("--no-turbo-inline-js-wasm-calls");';
const OLD = "Number.parseInt(process.versions.node, 10) < 24";
const FAILED =
  'return { verdict: "deny", reason: [], errors: errors.length > 0 ? errors : ["unknown"], erring: [] };';
const CAUGHT = 'return { verdict: "deny", reason: [], errors: [String(error)], erring: [] };';

export const POLICY: readonly ExplainedSurvivor[] = [
  ...explain(FLAG, {
    "policy/engine.ts": [
      [LINE, OLD, "true"],
      [LINE, OLD, "false"],
      [LINE, OLD, "Number.parseInt(process.versions.node, 10) <= 24"],
      [LINE, OLD, "Number.parseInt(process.versions.node, 10) >= 24"],
      [LINE, '"--no-turbo-inline-js-wasm-calls"', '""'],
    ],
  }),
  ...explain(FAILURE, {
    "policy/engine.ts": [
      [FAILED, '["unknown"]', "[]"],
      [FAILED, '"unknown"', '""'],
      [FAILED, "errors.length > 0", "true"],
      [FAILED, "errors.length > 0", "errors.length >= 0"],
      [FAILED, "[]", '["Stryker was here"]'],
    ],
  }),
  ...explain(THROWN, {
    "policy/engine.ts": [
      ["} catch (error) {", `{ ${CAUGHT} }`, "{}"],
      [CAUGHT, '{ verdict: "deny", reason: [], errors: [String(error)], erring: [] }', "{}"],
      [CAUGHT, '"deny"', '""'],
      [CAUGHT, "[]", '["Stryker was here"]'],
      [CAUGHT, "[String(error)]", "[]"],
    ],
  }),
  ...explain(NAMES, {
    "policy/engine.ts": [
      ["engines += 1;", "engines += 1", "engines -= 1"],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: quotes the code that the mutant changes
      ["const schema = `schema-${engines}`;", "`schema-${engines}`", "``"],
    ],
  }),
  ...explain("Asking an empty set of report-only policies gives none, more slowly", {
    "policy/engine.ts": [
      [
        "const monitored = monitor.notes.length === 0 ? [] : askMonitor(monitor, schema, phrased.question);",
        "monitor.notes.length === 0",
        "false",
      ],
    ],
  }),
  ...explain("Cedar reports one error for a policy set or schema that does not parse", {
    "policy/engine.ts": [
      [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: quotes the code that the mutant changes
        'throw new Error(`the compiled ${what} cannot be parsed: ${answer.errors.map((e) => e.message).join("; ")}`);',
        '"; "',
        '""',
      ],
    ],
  }),
];
