import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import type { Report } from "./report.ts";
import { succeed } from "./run-program.ts";

/** What every part of the consumer test works with. */
export interface World {
  /** A folder that is deleted afterwards */
  readonly scratch: string;
  readonly report: Report;
  readonly tarball: string;
  /** The folder of each Node.js, by its major version */
  readonly nodes: ReadonlyMap<string, string>;
}

const LARGEST_MB = 60;

/**
 * Packs the project as `npm publish` would, and resolves to the tarball's path.
 *
 * @throws Error if npm warns of what would be published
 */
export async function pack(scratch: string): Promise<string> {
  const destination = join(scratch, "tarball");
  mkdirSync(destination);
  const { stderr } = await succeed(["npm", "publish", "--dry-run", "--tag", "dry-run"], {
    cwd: PACKAGE_ROOT,
  });
  const warnings = stderr
    .split("\n")
    .filter((line) => /npm (warn|error)/i.test(line) && !/dry-run/.test(line));
  if (warnings.length > 0) throw new Error(`npm publish --dry-run warns:\n${warnings.join("\n")}`);
  await succeed(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", destination], {
    cwd: PACKAGE_ROOT,
  });
  const [tarball = ""] = readdirSync(destination);
  return join(destination, tarball);
}

/** @throws Error if the package with its dependencies, but without peers, takes more than 60 MB */
export async function checkInstalledSize({ scratch, tarball }: World): Promise<void> {
  const folder = join(scratch, "alone");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}");
  await succeed(["npm", "install", "--omit=peer", "--no-audit", "--no-fund", tarball], { cwd: folder });
  const megabytes = sizeOf(join(folder, "node_modules")) / 1e6;
  console.log(
    `       The package takes ${(statSync(tarball).size / 1e6).toFixed(1)} MB packed, ${megabytes.toFixed(1)} MB installed.`,
  );
  if (megabytes > LARGEST_MB) throw new Error(`It takes ${megabytes.toFixed(1)} MB.`);
}

function sizeOf(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** The lower ends of the ranges of peers, which the consumer test installs. */
export function oldestPeers(): Readonly<Record<string, string>> {
  const { peerDependencies } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
  return Object.fromEntries(
    ["aws-cdk-lib", "constructs"].map((name) => [name, String(peerDependencies[name]).replace(/^\^/, "")]),
  );
}
