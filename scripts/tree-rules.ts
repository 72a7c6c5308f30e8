/** One breach of a rule; `file` is relative to the root, with forward slashes. */
export interface Violation {
  readonly file: string;
  /** Absent where the whole file or folder is meant */
  readonly line?: number;
  readonly rule: string;
  readonly says: string;
}

const VAGUE = /^(utils?|helpers?|common|types?|misc)$/i;
const MOST_FILES = 25;
/** Reference pages and cases are lists; a list may be long. */
const MAY_BE_LONG = /^(test|docs)\//;

/**
 * What test/ may hold beside test/support/: tests that Jest, a browser or the compiler (`test-d`)
 * runs.
 */
const TEST = /^test\/support\/|\.(?:test|test-d|browser)\.tsx?$/;

/**
 * Finds names that do not say what is inside, folders with too many files, and what is no test
 * among tests. Pure.
 */
export function checkTree(files: Iterable<string>): Violation[] {
  const paths = [...files];
  return [...paths.flatMap(vagueName), ...paths.flatMap(nonTestInTests), ...crowdedFolders(paths)];
}

function nonTestInTests(file: string): Violation[] {
  if (!file.startsWith("test/") || TEST.test(file)) return [];
  return [
    { file, rule: "not-a-test", says: "is not a test; what tests share and read is kept in test/support/" },
  ];
}

function vagueName(file: string): Violation[] {
  const vague = file.split("/").find((part) => VAGUE.test(part.replace(/^\.+/, "").split(".")[0] ?? ""));
  if (vague === undefined) return [];
  return [{ file, rule: "name", says: `"${vague}" does not say what is inside; name it after its content` }];
}

function crowdedFolders(paths: readonly string[]): Violation[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    if (folder !== "" && !MAY_BE_LONG.test(folder)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > MOST_FILES)
    .map(([file, count]) => ({
      file,
      rule: "crowded",
      says: `holds ${count} files; sort them into folders of at most ${MOST_FILES}`,
    }));
}
