import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { findFaults, readProse } from "../../scripts/prose/find-faults.ts";
import { readRule, readRules } from "../../scripts/prose/rules.ts";
import { wrapText } from "../../scripts/prose/wrap-text.ts";
import EXAMPLES from "../support/prose/examples.json";

const root = join(import.meta.dirname, "../..");
const STYLES = join(root, "styles/Sallyport");
const rules = readRules(STYLES);
const names = (file: string, text: string): string[] => findFaults(file, text, rules).map(({ rule }) => rule);
const lines = (file: string, text: string): (number | undefined)[] =>
  findFaults(file, text, rules).map(({ line }) => line);
const wrap = (file: string, text: string): string => wrapText(text, readProse(file, text));

it("holds examples of every rule file in examples.json", () => {
  const files = readdirSync(STYLES).map((file) => file.replace(/\.yml$/, ""));
  expect(Object.keys(EXAMPLES).sort()).toEqual(files.sort());
});

describe.each(Object.entries(EXAMPLES))("the rule %s", (name, { faults, clean }) => {
  it.each(faults)("finds its fault in %j, in Markdown, in a comment and in a string", (text) => {
    expect(names("docs/a.md", text)).toContain(name);
    expect(names("lib/a.ts", `/**\n * ${text.replace("\n", "\n * ")}\n */`)).toContain(name);
    expect(names("lib/a.ts", text.replace(/^/gm, "// "))).toContain(name);
    expect(names("lib/a.ts", `f(${JSON.stringify(text)});`)).toContain(name);
  });

  it.each(clean)("finds no fault in %j", (text) => {
    expect(names("docs/a.md", text)).toEqual([]);
    expect(names("lib/a.ts", text.replace(/^/gm, "// "))).toEqual([]);
  });

  const source = parse(readFileSync(join(STYLES, `${name}.yml`), "utf8"));
  const single: object[] = source.tokens
    ? source.tokens.map((token: string) => ({ ...source, tokens: [token] }))
    : Object.entries(source.swap).map(([token, better]) => ({ ...source, swap: { [token]: better } }));

  it("has an example for each of its tokens", () => {
    const silent = single.filter((one) => {
      const rule = readRule(name, stringify(one));
      return !faults.some((text) => rule.find(text).length > 0);
    });
    expect(silent).toEqual([]);
  });
});

describe("reading rules", () => {
  it("refuses a kind of rule that it does not apply, so that no rule is skipped in silence", () => {
    const text = 'extends: occurrence\nmessage: "x"\nlevel: error\nmax: 3\ntoken: a\n';
    expect(() => readRule("Long", text)).toThrow(/The prose rule Long cannot be read/);
  });

  it("refuses a field that it does not apply", () => {
    const text = 'extends: existence\nmessage: "x"\nlevel: error\ntokens: [a]\nexceptions: [b]\n';
    expect(() => readRule("Odd", text)).toThrow(/exceptions/);
  });

  it("puts the better words and the words found into the message", () => {
    const { find } = readRule(
      "Fix",
      "extends: substitution\nmessage: \"'%s', not '%s'\"\nlevel: error\nswap: {mend: fix}\n",
    );
    expect(find("We mend it")).toEqual([{ offset: 3, says: "'fix', not 'mend'" }]);
  });
});

describe("finding prose", () => {
  it("reports the line of the first word where a phrase runs over a line break", () => {
    expect(lines("docs/a.md", "One.\n\nIt is\nnone of these, and need\nnot be.")).toEqual([3, 4]);
  });

  it("reads no fenced, indented or inline code, no link target and no HTML comment", () => {
    const text = "```\ntold\n```\n\n    told\n\nSee `told` and [this](told.md).\n\n<!-- told -->\n";
    expect(names("docs/a.md", text)).toEqual([]);
  });

  it("reads paragraphs that belong to an item of a list", () => {
    expect(lines("docs/a.md", "1. One.\n\n    He was told.\n")).toEqual([3]);
  });

  it("reads the text between the expressions of a template, and JSX", () => {
    expect(names("lib/a.ts", "f(`$" + "{a} is none of $" + "{b}`);")).toEqual(["Phrases"]);
    expect(names("console/a.tsx", "export const a = <p>It was told.</p>;")).toEqual(["Words"]);
  });

  it("takes single words in strings for ids", () => {
    expect(names("lib/a.ts", 'import "./told.ts"; f("told");')).toEqual([]);
  });

  it("throws where code does not parse", () => {
    expect(() => findFaults("lib/a.ts", "const =", rules)).toThrow();
  });
});

describe("wrapping", () => {
  const long = `${"word ".repeat(30).trim()}.`;

  it("reports lines of prose and of comments that are longer than 100 columns", () => {
    expect(names("docs/a.md", long)).toEqual(["Wrap"]);
    expect(names("lib/a.ts", `// ${long}`)).toEqual(["Wrap"]);
    expect(names("lib/a.ts", `/** ${long} */`)).toEqual(["Wrap"]);
  });

  it("accepts exactly 100 columns", () => {
    const text = `${"a".repeat(49)} ${"b".repeat(50)}`;
    expect(names("docs/a.md", text)).toEqual([]);
    expect(names("docs/a.md", `${text}c`)).toEqual(["Wrap"]);
  });

  it("accepts what cannot be wrapped: headings, tables, code, strings, directives and one long word", () => {
    expect(names("docs/a.md", `# ${long}\n\n| ${long} |\n\n    ${long}\n\n- ${"a".repeat(120)}`)).toEqual([]);
    expect(names("lib/a.ts", `/**\n * @see https://example.com/${"a".repeat(90)}\n */`)).toEqual([]);
    expect(names("lib/a.ts", `f("${long}");\n// biome-ignore lint/a/b: ${long}\n`)).toEqual([]);
  });

  it("wraps a paragraph, an item of a list and each form of comment, and changes no word", () => {
    const sources = [
      ["docs/a.md", `${long}\n\n- ${long}\n  more words\n\n> ${long}\n`],
      [
        "lib/a.ts",
        `/** ${long} */\nf(); // ${long}\n// ${long}\n// more\n  /**\n   * ${long}\n   * @param a ${long}\n   */\n`,
      ],
    ] as const;
    for (const [file, text] of sources) {
      const wrapped = wrap(file, text);
      expect(names(file, wrapped)).toEqual([]);
      const words = (some: string): string[] => some.match(/word|more|@param/g) ?? [];
      expect(words(wrapped)).toEqual(words(text));
      expect(wrap(file, wrapped)).toBe(wrapped);
    }
  });

  it("indents the lines of an item, and starts no line with what would be a new item", () => {
    const text = `- ${"a".repeat(47)} ${"b".repeat(49)} - c\n`;
    expect(wrap("docs/a.md", text)).toBe(`- ${"a".repeat(47)}\n  ${"b".repeat(49)} - c\n`);
  });

  it("leaves inline code and links on one line, and columns as they are", () => {
    const text = `${"a ".repeat(44)}see \`one two three\` and [four five](six.md).\n`;
    expect(wrap("docs/a.md", text)).toContain("\n`one two three` and");
    const columns = `// ${long}\n// a    b\n`;
    expect(wrap("lib/a.ts", columns)).toBe(columns);
  });
});

describe("an exemption", () => {
  const fault = "// He was told.";

  it("allows one rule on its own line or the next one, for a reason", () => {
    expect(names("lib/a.ts", `// prose: allow Words because it quotes a log\n${fault}`)).toEqual([]);
    expect(names("docs/a.md", "<!-- prose: allow Words because it quotes a log -->\nHe was told.")).toEqual(
      [],
    );
  });

  it("is a fault itself without a reason, and then allows nothing", () => {
    expect(names("lib/a.ts", `// prose: allow Words\n${fault}`)).toEqual(["exemption", "Words"]);
  });

  it("is a fault itself where it allows nothing", () => {
    expect(names("lib/a.ts", "// prose: allow Words because it quotes a log\n// He left.")).toEqual([
      "exemption",
    ]);
    expect(names("lib/a.ts", `// prose: allow Wrap because it quotes a log\n${fault}`)).toEqual([
      "exemption",
      "Words",
    ]);
  });
});

describe("npm run prose", () => {
  const run = (...paths: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "scripts/check-prose.ts", ...paths], {
      cwd: root,
      encoding: "utf8",
    });

  it("finds no fault in the tracked files", () => {
    const { status, stderr, stdout } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Prose of \d+ files checked, 0 faults\.$/m);
  });
});
