import type { Violation } from "../tree-rules.ts";

/** One comment `prose: allow <Rule> because <reason>`; it covers its own line and the next one. */
export interface Exemption {
  readonly line: number;
  readonly rule: string;
  readonly covers: readonly number[];
}

const MARK = /^\s*(?:\/\/|<!--|\*|.*\s\/\/)\s*prose: allow\b(.*)/;
const WHOLE = /^ (\w+) because \S.{5,}/;

/** Reads the exemptions of one file; one without a rule or a reason is a fault itself. */
export function readExemptions(file: string, text: string): { allowed: Exemption[]; faults: Violation[] } {
  const allowed: Exemption[] = [];
  const faults: Violation[] = [];
  text.split("\n").forEach((words, index) => {
    const rest = MARK.exec(words)?.[1];
    if (rest === undefined) return;
    const line = index + 1;
    const rule = WHOLE.exec(rest.replace("-->", ""))?.[1];
    if (rule === undefined) {
      const says = 'an exemption reads "prose: allow <Rule> because <reason>"';
      faults.push({ file, line, rule: "exemption", says });
    } else allowed.push({ line, rule, covers: [line, line + 1] });
  });
  return { allowed, faults };
}
