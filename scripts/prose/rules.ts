import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** One rule file of `styles/Sallyport`, ready to be applied. */
export interface Rule {
  readonly name: string;
  /** Finds every fault in a text; offsets are in UTF-16 units. */
  readonly find: (text: string) => RuleMatch[];
}

export interface RuleMatch {
  readonly offset: number;
  readonly says: string;
}

const shared = {
  message: z.string(),
  level: z.literal("error"),
  ignorecase: z.boolean().default(false),
  nonword: z.boolean().default(false),
};
/** The subset of Vale's rule format that is read here; any other field or kind is an error. */
const ruleFile = z.discriminatedUnion("extends", [
  z.strictObject({ extends: z.literal("existence"), ...shared, tokens: z.array(z.string()).min(1) }),
  z.strictObject({ extends: z.literal("substitution"), ...shared, swap: z.record(z.string(), z.string()) }),
]);

/** Reads every rule of a folder. Throws on a file that is not a rule this reader knows. */
export function readRules(folder: string): Rule[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yml"))
    .sort()
    .map((file) => readRule(file.slice(0, -".yml".length), readFileSync(join(folder, file), "utf8")));
}

/** Reads one rule file. Throws, with its name, on a field or a kind that is not supported. */
export function readRule(name: string, text: string): Rule {
  const parsed = ruleFile.safeParse(parse(text));
  if (!parsed.success)
    throw new Error(`The prose rule ${name} cannot be read: ${z.prettifyError(parsed.error)}`);
  const rule = parsed.data;
  const entries =
    rule.extends === "existence"
      ? rule.tokens.map((token) => ({ token, better: undefined }))
      : Object.entries(rule.swap).map(([token, better]) => ({ token, better }));
  const patterns = entries.map(({ token, better }) => ({ pattern: toPattern(token, rule), better }));
  return {
    name,
    find: (prose) => patterns.flatMap(({ pattern, better }) => findAll(pattern, better, prose)),
  };

  function findAll(pattern: RegExp, better: string | undefined, prose: string): RuleMatch[] {
    return [...prose.matchAll(pattern)].map((match) => {
      const lead = match[0].search(/\w/);
      const found = match[0].slice(lead).replace(/\s+/g, " ");
      const values = better === undefined ? [found] : [better, found];
      return { offset: match.index + lead, says: rule.message.replace(/%s/g, () => values.shift() ?? found) };
    });
  }
}

/** A space of a token matches a line break too; word boundaries as Vale sets them. */
function toPattern(token: string, rule: { readonly ignorecase: boolean; readonly nonword: boolean }): RegExp {
  const spaced = token.replace(/ /g, "\\s+");
  return new RegExp(rule.nonword ? spaced : `\\b(?:${spaced})\\b`, rule.ignorecase ? "gi" : "g");
}
