import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Reads every text file under `root` that git knows or would add, by its path with forward slashes.
 * Leaves out what git ignores, what has been deleted, and binary files. Throws where git or its
 * checkout is missing.
 */
export function readTrackedFiles(root: string): Map<string, string> {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = new Map<string, string>();
  for (const path of listed.split("\0").sort()) {
    const onDisk = join(root, path);
    if (path === "" || !existsSync(onDisk)) continue;
    const bytes = readFileSync(onDisk);
    if (!bytes.includes(0)) files.set(path, bytes.toString("utf8"));
  }
  return files;
}
