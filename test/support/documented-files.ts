import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";

/** A code block of a page that says in its first line which file it is. */
export interface DocumentedFile {
  readonly path: string;
  readonly text: string;
}

const BLOCK = /^```(?:ts|json)\n\/\/ (\S+\.(?:ts|json))\n(.*?)^```$/gms;

/** The files that a page of this project asks its reader to write. */
export function documentedFiles(page: string): DocumentedFile[] {
  const text = readFileSync(join(PACKAGE_ROOT, page), "utf8");
  const files = [...text.matchAll(BLOCK)].map(([, path = "", code = ""]) => ({ path, text: code }));
  if (files.length === 0) throw new Error(`${page} has no code block that names its file.`);
  return files;
}

/** Writes what a reader would paste. */
export function paste(folder: string, files: readonly DocumentedFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** As an app of ES modules has to write it: relative imports with the extension. */
export const asEsModule = ({ path, text }: DocumentedFile): DocumentedFile => ({
  path,
  text: text.replaceAll(/(from "\.{1,2}\/[^"]+)"/g, '$1.js"'),
});
