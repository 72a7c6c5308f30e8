import { posix } from "node:path";
import { type ModuleText, readModule } from "./read-module.ts";

/** One breach of the house's rules; `file` is relative to the root, with forward slashes. */
export interface Violation {
  readonly file: string;
  /** Absent where the whole file or folder is meant */
  readonly line?: number;
  readonly rule: string;
  readonly says: string;
}

interface Room {
  /** First letters of the room's paths */
  readonly at: string;
  /** First letters of the paths that it may import besides its own; "*" is everything */
  readonly mayImport: readonly string[];
  /** Packages and `node:` modules that it may import; absent is any but the AWS SDK */
  readonly packages?: readonly string[];
  /** Touches nothing of its surroundings: no clock, no chance, no environment, no output */
  readonly pure?: true;
  /** May import what is only known at run time, which cannot be checked */
  readonly mayCompute?: true;
  readonly maySpeakAws?: true;
  /** Runs in the browser: `/a.js` is the room's file, or one that the page's server adds */
  readonly isWebRoot?: true;
}

/** Who may import whom, the first match counting. docs/decisions/0001-house.md says why. */
const ROOMS: readonly Room[] = [
  { at: "domain/", mayImport: [], packages: [], pure: true },
  { at: "contract/", mayImport: ["domain/"], packages: [] },
  { at: "policy/", mayImport: ["domain/", "contract/"], packages: ["@cedar-policy/cedar-wasm", "node:"] },
  { at: "aws/", mayImport: ["domain/", "contract/"], maySpeakAws: true },
  // What is special to one product, for the configuration as well as for verification.
  {
    at: "verification/issuers/",
    mayImport: ["domain/", "contract/"],
    packages: ["aws-jwt-verify"],
    pure: true,
  },
  // One function's folder is a room of its own: see roomOf.
  { at: "verification/", mayImport: ["domain/", "contract/", "aws/"] },
  { at: "lambda/", mayImport: ["domain/", "contract/", "aws/", "policy/", "verification/"] },
  { at: "configuration/", mayImport: ["domain/", "contract/", "lib/", "verification/issuers/"] },
  { at: "lib/", mayImport: ["domain/", "contract/", "policy/", "configuration/", "verification/issuers/"] },
  { at: "bin/sallyport", mayImport: ["cli/", "contract/"] },
  { at: "bin/", mayImport: ["lib/", "domain/", "contract/", "policy/", "configuration/"] },
  { at: "console/", mayImport: [], packages: [], isWebRoot: true },
  {
    at: "local/",
    mayImport: ["domain/", "contract/", "policy/", "lib/", "aws/", "console/", "configuration/"],
    mayCompute: true,
  },
  {
    at: "cli/",
    mayImport: [
      "domain/",
      "contract/",
      "policy/",
      "aws/",
      "lambda/",
      "local/",
      "lib/",
      "configuration/",
      "verification/",
    ],
  },
  { at: "bench/", mayImport: ["*"], mayCompute: true, maySpeakAws: true },
  { at: "scripts/", mayImport: ["*"], mayCompute: true },
  { at: "test/", mayImport: ["*"], mayCompute: true, maySpeakAws: true },
];

const IMPURE = new Set([
  ...["process", "console", "globalThis", "global", "require", "performance", "crypto", "fetch", "Buffer"],
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "import.meta"],
  ...["Date.now", "new Date()", "Date()", "Math.random"],
]);

const AWS_SDK = /^@(aws-sdk|smithy)\//;
const SAYS_NOTHING = /^(utils?|helpers?|common|types?|misc)$/i;
const MODULE = /\.(ts|tsx|mts|cts|js|mjs|cjs)$/;
const IMPORTED_BY_TESTS_ONLY = ["test/", "bench/"];

/**
 * Finds every breach of the dependency rules, of the purity of domain/ and of the rules for names.
 * Pure: `files` maps each path, relative to the root, to its text; files that are not modules count by name alone.
 */
export function checkBoundaries(files: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, source] of files) {
    violations.push(...checkName(file));
    if (!MODULE.test(file)) continue;
    const module = readModule(file, source);
    if (module.syntaxError !== undefined) {
      violations.push({ file, rule: "syntax", says: module.syntaxError });
    }
    const room = roomOf(file);
    if (room === undefined) continue;
    violations.push(...checkImports(file, room, module, files), ...checkPurity(file, room, module));
    graph.set(file, importedFiles(file, room, module, files));
  }
  return [...violations, ...findCycles(graph)];
}

function roomOf(file: string): Room | undefined {
  const room = ROOMS.find(({ at }) => file.startsWith(at));
  if (room?.at !== "lambda/") return room;
  const folder = /^lambda\/[^/]+\//.exec(file)?.[0];
  // Files directly in lambda/ are shared by the functions and so know none of them.
  return folder === undefined ? room : { ...room, at: folder, mayImport: [...room.mayImport, "lambda/*"] };
}

function checkName(file: string): Violation[] {
  const vague = file
    .split("/")
    .find((part) => SAYS_NOTHING.test(part.replace(/^\.+/, "").split(".")[0] ?? ""));
  if (vague === undefined) return [];
  return [{ file, rule: "name", says: `"${vague}" does not say what is inside; name it after its content` }];
}

function checkImports(
  file: string,
  room: Room,
  { requests }: ModuleText,
  files: ReadonlyMap<string, string>,
): Violation[] {
  const violations: Violation[] = [];
  for (const { specifier, line } of requests) {
    const says =
      specifier === undefined
        ? !room.mayCompute && "imports what is only known at run time, which no check can follow"
        : namesFile(room, specifier)
          ? refuseFile(room, resolveFrom(file, room, specifier, files))
          : refusePackage(room, specifier);
    if (says) violations.push({ file, line, rule: "import", says });
  }
  return violations;
}

function refuseFile(room: Room, target: string): string | false {
  // "lambda/" is the room of the files directly in it; the functions' folders are others.
  const own = room.at === "lambda/" ? isDirectlyIn("lambda/", target) : target.startsWith(room.at);
  if (own || room.mayImport.some((allowed) => matches(allowed, target))) {
    const closed = IMPORTED_BY_TESTS_ONLY.find((at) => target.startsWith(at));
    return closed !== undefined && !IMPORTED_BY_TESTS_ONLY.includes(room.at)
      ? `${room.at} imports ${target}; ${closed} is for tests and benchmarks only`
      : false;
  }
  return `${room.at} may not import ${target}`;
}

function matches(allowed: string, target: string): boolean {
  if (allowed === "*") return true;
  return allowed.endsWith("/*") ? isDirectlyIn(allowed.slice(0, -1), target) : target.startsWith(allowed);
}

const isDirectlyIn = (folder: string, target: string): boolean =>
  target.startsWith(folder) && !target.slice(folder.length).includes("/");

function refusePackage(room: Room, specifier: string): string | false {
  if (specifier.startsWith("/") || specifier.startsWith("file:"))
    return `imports the absolute path ${specifier}`;
  if (AWS_SDK.test(specifier) && !room.maySpeakAws) return `only aws/ may import the AWS SDK (${specifier})`;
  if (room.packages === undefined) return false;
  const allowed = room.packages.some(
    (name) => specifier === name || specifier.startsWith(name.endsWith(":") ? name : `${name}/`),
  );
  return allowed ? false : `${room.at} may not import the package ${specifier}`;
}

function checkPurity(file: string, room: Room, { uses }: ModuleText): Violation[] {
  if (!room.pure) return [];
  return uses
    .filter(({ name }) => IMPURE.has(name))
    .map(({ name, line }) => ({
      file,
      line,
      rule: "purity",
      says: `${room.at} is pure and may not use ${name}`,
    }));
}

const namesFile = (room: Room, specifier: string): boolean =>
  specifier.startsWith(".") || (room.isWebRoot === true && specifier.startsWith("/"));

function importedFiles(
  file: string,
  room: Room,
  { requests }: ModuleText,
  files: ReadonlyMap<string, string>,
): string[] {
  const targets = requests.flatMap(({ specifier }) =>
    specifier !== undefined && namesFile(room, specifier) ? [resolveFrom(file, room, specifier, files)] : [],
  );
  return [...new Set(targets)];
}

function resolveFrom(
  file: string,
  room: Room,
  specifier: string,
  files: ReadonlyMap<string, string>,
): string {
  const from = specifier.startsWith("/") ? room.at : posix.dirname(file);
  const path = posix.join(from, specifier.replace(/[?#].*$/, ""));
  const candidates = [path, `${path}.ts`, `${path}.mjs`, `${path}/index.ts`, path.replace(/\.js$/, ".ts")];
  return candidates.find((candidate) => files.has(candidate)) ?? path;
}

/** Reports one circle for each import that closes one, in the order of the walk. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): Violation[] {
  const violations: Violation[] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const walk = (file: string): void => {
    const at = trail.indexOf(file);
    if (at !== -1) {
      const circle = [...trail.slice(at), file];
      violations.push({ file, rule: "circle", says: circle.join(" → ") });
      return;
    }
    if (finished.has(file)) return;
    trail.push(file);
    for (const target of graph.get(file) ?? []) walk(target);
    trail.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) walk(file);
  return violations;
}
