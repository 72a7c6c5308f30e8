export interface GlossaryTerm {
  readonly term: string;
  readonly file: string;
  /** What the file must contain as a word */
  readonly name: string;
}

export interface Glossary {
  readonly terms: readonly GlossaryTerm[];
  /** Lower case; no name in the code may have one of them */
  readonly avoided: readonly string[];
}

const PLACE = /`([^`]+\.tsx?)`: `(\w+)`/;

/** Reads the tables of `docs/glossary.md`: terms with their place, and the words to avoid. */
export function readGlossary(markdown: string): Glossary {
  const terms: GlossaryTerm[] = [];
  const avoided: string[] = [];
  let heading = "";
  for (const line of markdown.split("\n")) {
    const cells = line.startsWith("|") ? line.split("|").map((cell) => cell.trim()) : [];
    const first = cells[1] ?? "";
    if (first === "") heading = "";
    else if (heading === "") heading = first;
    else if (first.startsWith("---")) continue;
    else if (heading === "term") terms.push(readTerm(first, cells[4] ?? ""));
    else if (heading === "word") avoided.push(...first.replaceAll("`", "").split(", "));
  }
  return { terms, avoided };
}

function readTerm(term: string, place: string): GlossaryTerm {
  const [, file, name] = PLACE.exec(place) ?? [];
  if (file === undefined || name === undefined) {
    throw new Error(`docs/glossary.md: the term ${term} names no place as \`file.ts\`: \`name\``);
  }
  return { term, file, name };
}
