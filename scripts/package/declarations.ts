import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import ts from "typescript5";

/** The public face, as the compiler names its declarations. */
const PUBLIC_FACE = "lib/index.d.ts";

/**
 * Its declarations would name zod's types, whose own declarations compile under few compiler
 * options.
 */
const SCHEMA = "configuration/schema";
const PARSED = "ParsedConfiguration";

const RELATIVE_MODULE = /((?:\bfrom|\bimport\()\s*")(\.{1,2}\/[^"]+)\.ts(")/g;

/**
 * Emits the declarations of the construct library: the public face and whatever it speaks of, by
 * path from the root. They import each other as `.js`, which every compiler resolves to the `.d.ts`
 * beside it.
 *
 * @throws if the compiler reports an error
 */
export function emitDeclarations(root: string): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-declarations-"));
  try {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const argv = [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", folder];
    const { status, stdout } = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`The declarations could not be emitted:\n${stdout}`);
    return reachable((path) =>
      path === `${SCHEMA}.d.ts` ? parsedConfiguration(root) : readFileSync(join(folder, path), "utf8"),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The compiler emits every file that was compiled; most of them no declaration of the public face
 * imports.
 */
function reachable(read: (path: string) => string): Map<string, string> {
  const found = new Map<string, string>();
  const waiting = [PUBLIC_FACE];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const text = read(path);
    for (const [, , module = ""] of text.matchAll(RELATIVE_MODULE)) {
      waiting.push(posix.join(posix.dirname(path), `${module}.d.ts`));
    }
    found.set(path, text.replace(RELATIVE_MODULE, "$1$2.js$3"));
  }
  return found;
}

/** The configuration's type written out, as the compiler infers it from the schema. */
function parsedConfiguration(root: string): string {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const path = join(root, `${SCHEMA}.ts`);
  // TypeScript 5.9 does not know the newest lib, which the schema has no need of.
  const program = ts.createProgram([path], { ...options, noEmit: true, lib: ["lib.es2023.d.ts"], types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const face = source && checker.getSymbolAtLocation(source);
  const name = face && checker.getExportsOfModule(face).find((symbol) => symbol.name === PARSED);
  if (name === undefined) throw new Error(`${path} exports no ${PARSED}.`);
  const { NoTruncation, InTypeAlias } = ts.TypeFormatFlags;
  const text = checker.typeToString(
    checker.getDeclaredTypeOfSymbol(name),
    source,
    NoTruncation | InTypeAlias,
  );
  if (!text.startsWith("{")) throw new Error(`${PARSED} could not be written out, but is ${text}.`);
  // The compiler names a type of another file by that file's absolute path.
  const imports = text.replaceAll(/\bimport\("([^"]+)"\)/g, (_, path: string) => {
    return `import("../${posix.relative(root, path)}.ts")`;
  });
  return `export type ${PARSED} = ${imports};\n`;
}
