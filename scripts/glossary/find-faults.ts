import type { Glossary } from "./read-glossary.ts";

const SOURCE = /\.tsx?$/;
const DECLARATION = /\b(?:const|let|function|interface|type|class)\s+(\w+)/g;
const COMMENT = /^\s*(?:\/\/|\*|\/\*)/;

/**
 * Finds names of files, functions, types and variables with a word that the glossary avoids, and
 * terms whose place does not exist. Does not see properties, parameters and destructured names.
 *
 * @param files The text of each file by its path
 */
export function findGlossaryFaults(
  { terms, avoided }: Glossary,
  files: ReadonlyMap<string, string>,
): readonly string[] {
  const words = new Set(avoided);
  const bad = (name: string): string | undefined => wordsOf(name).find((word) => words.has(word));
  const misnamed = [...files].flatMap(([path, text]) => {
    if (!SOURCE.test(path)) return [];
    const names = [path.slice(path.lastIndexOf("/") + 1), ...declaredNames(text)];
    return [...new Set(names)].flatMap((name) => {
      const word = bad(name);
      return word === undefined ? [] : [`${path}: ${name} has the word ${word}; see docs/glossary.md`];
    });
  });
  const misplaced = terms.flatMap(({ term, file, name }) => {
    const text = files.get(file);
    if (text === undefined) return [`docs/glossary.md: ${file}, of the term ${term}, does not exist`];
    if (new RegExp(`\\b${name}\\b`).test(text)) return [];
    return [`docs/glossary.md: ${file} has no ${name}, of the term ${term}`];
  });
  return [...misnamed, ...misplaced];
}

function declaredNames(text: string): readonly string[] {
  const code = text.split("\n").filter((line) => !COMMENT.test(line));
  return [...code.join("\n").matchAll(DECLARATION)].flatMap(([, name]) => name ?? []);
}

/** Each word of a name in camel case, capitals or kebab case, and each without a plural ending. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .flatMap((word) => [word, word.replace(/s$/, "")]);
}
