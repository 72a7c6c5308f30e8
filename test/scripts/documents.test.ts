import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTrackedFiles } from "../../scripts/tracked-files.ts";

const root = join(import.meta.dirname, "../..");
const documents = [...readTrackedFiles(root)].filter(([path]) => path.endsWith(".md"));
const OWN_PATH =
  /`((?:bin|lib|lambda|domain|contract|aws|policy|policies|verification|configuration|console|local|cli|bench|test|docs|scripts|\.github|\.ci)\/[\w./-]*)`/g;
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)/g;

const named = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map((match) => match[1] as string);

test("there are documents to look at", () => {
  expect(documents.map(([path]) => path)).toContain("SECURITY.md");
});

test.each(documents)("%s names only files and folders that exist", (path, text) => {
  const absent = [
    ...named(text, OWN_PATH).filter((found) => !existsSync(join(root, found))),
    ...named(text, LINK).filter((found) => !existsSync(join(root, dirname(path), found))),
  ];
  expect(absent).toEqual([]);
});

test("every npm script that a document names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const absent = documents.flatMap(([path, text]) =>
    named(text, /npm run (?:-s |--silent )?([\w:-]+)/g)
      .filter((script) => !(script in scripts))
      .map((script) => `${path}: ${script}`),
  );
  expect(absent).toEqual([]);
});
