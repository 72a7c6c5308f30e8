import { join } from "node:path";
import { readMarkdown } from "../prose/read-markdown.ts";
import { wrapText } from "../prose/wrap-text.ts";
import { type Declaration, type Member, readDeclarations } from "./read-declarations.ts";

const ENTRY = "lib/index.ts";

const PREAMBLE = `# API

<!-- Generated from ${ENTRY} by \`npm run api\`. Change the docstrings, not this page. -->

Everything that \`import { … } from "sallyport"\` offers. Types are as the sources write them. What a class or interface
inherits is named and not repeated. [own-app.md](own-app.md) shows how the parts go together.
`;

/** Headings, and the sources that belong under them; the first that fits counts. */
const SECTIONS: readonly (readonly [title: string, path: RegExp])[] = [
  ["The whole", /^lib\/sallyport-/],
  ["Configuration and policies", /^(configuration|policy)\/|function-settings/],
  ["Attach an API", /^lib\/attach\//],
  ["Functions", /^lib\/functions\//],
  ["Table and bus", /^lib\/storage\//],
  ["Network", /^lib\/network\//],
  ["Demo and errors", /^/],
];

/** The text of docs/api.md. */
export function describeApi(root: string): string {
  const declarations = readDeclarations(root, ENTRY);
  const sectionOf = ({ file }: Declaration) => SECTIONS.find(([, path]) => path.test(file))?.[0];
  const sections = SECTIONS.map(([title]) => {
    const own = declarations.filter((declaration) => sectionOf(declaration) === title);
    return [`## ${title}`, ...own.map(describe)].join("\n\n");
  });
  const page = `${[PREAMBLE.trimEnd(), ...sections].join("\n\n")}\n`;
  return wrapText(page, readMarkdown(page));
}

/** Public names without a docstring, each as \`file: name\`. */
export function undocumented(root: string): string[] {
  return readDeclarations(root, ENTRY).flatMap(({ file, name, docs, members }) => [
    ...(docs.text === "" ? [`${file}: ${name}`] : []),
    ...members.filter((member) => member.docs.text === "").map((member) => `${file}: ${name}.${member.name}`),
  ]);
}

function describe({ name, kind, docs, extends: bases, signature, members }: Declaration): string {
  const { throws, param, returns } = docs.tags;
  return [
    `### ${name}`,
    docs.text,
    bases.length > 0
      ? `${kind === "class" ? "A class" : "An interface"}; extends ${bases.map(code).join(", ")}.`
      : "",
    signature === ""
      ? ""
      : `\`\`\`ts\n${kind === "type" ? `type ${name} = ` : kind === "constant" ? `const ${name} = ` : ""}${signature}\n\`\`\``,
    param === undefined
      ? ""
      : param
          .split("\n")
          .map((line) => `- ${line}`)
          .join("\n"),
    returns === undefined ? "" : `Returns ${returns}.`,
    throws === undefined ? "" : `Throws ${throws}.`,
    memberTable(members),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function memberTable(members: readonly Member[]): string {
  if (members.length === 0) return "";
  const rows = members.map(({ name, type, optional, docs }) => {
    const { default: fallback, throws } = docs.tags;
    const says = [
      docs.text.replaceAll("\n\n", " "),
      fallback === undefined ? "" : `Default: ${fallback.replace(/^- /, "")}.`,
      throws === undefined ? "" : `Throws ${throws}.`,
    ];
    return `| ${code(optional ? `${name}?` : name)} | ${code(type)} | ${cell(says.filter((part) => part !== "").join(" "))} |`;
  });
  return ["| member | type | |", "|---|---|---|", ...rows].join("\n");
}

const code = (text: string): string => (text === "" ? "" : `\`${cell(text)}\``);
const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Where the page is kept. */
export const apiPage = (root: string): string => join(root, "docs/api.md");
