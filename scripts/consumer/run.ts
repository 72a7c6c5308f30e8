// `npm run consumer`: uses the packed package as its users do. It packs, makes apps with the real
// `cdk init`, installs the tarball, pastes the examples of README and docs/own-app.md, and runs the
// apps' own tools; then the apps in examples/. Needs the npm registry that npm is configured for;
// takes some ten minutes.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { runExamples } from "./examples.ts";
import { tryOldestCdk, tryVariant } from "./own-apps.ts";
import { checkInstalledSize, pack, type World } from "./package.ts";
import { Report } from "./report.ts";
import { succeed } from "./run-program.ts";
import { CDK_INIT, VARIANTS } from "./variants.ts";

const HELP = `Uses the packed package as its users do.

Usage: npm run consumer -- [options]

  --only <name>  one part: ${[...VARIANTS.map(({ name }) => name), "oldest-cdk", "examples"].join(", ")}
  --node <list>  major versions of Node.js, by default 20,22,24
  --keep         keep the apps afterwards

Examples:
  npm run consumer
  npm run consumer -- --only esm-tsx --node 22 --keep
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    node: { type: "string", default: "20,22,24" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  process.exitCode = (await run()) ? 0 : 1;
}

async function run(): Promise<boolean> {
  // A build machine with a strict umask has deployed functions that Lambda could not read.
  process.umask(0o077);
  const scratch = mkdtempSync(join(tmpdir(), "sallyport-consumer-"));
  const report = new Report(join(tmpdir(), "sallyport-consumer-logs"));
  const wanted = (name: string): boolean => values.only === undefined || values.only === name;
  try {
    const world = {
      scratch,
      report,
      tarball: "",
      nodes: await installNodes({ scratch, report }, values.node.split(",")),
    };
    if (
      !(await report.step("package", "npm pack, and npm publish --dry-run without a warning", async () => {
        world.tarball = await pack(scratch);
      }))
    )
      return report.summarize();
    if (values.only === undefined) {
      await report.step("package", "installs in under 60 MB without databases", () =>
        checkInstalledSize(world),
      );
    }
    for (const variant of VARIANTS) if (wanted(variant.name)) await tryVariant(world, variant);
    if (wanted("oldest-cdk")) await tryOldestCdk(world, CDK_INIT);
    if (wanted("examples")) await runExamples(world);
    return report.summarize();
  } finally {
    if (values.keep) console.log(`The apps are in ${scratch}.`);
    else rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Folders with each version's `node`, by major version; one that cannot be installed is a failed
 * step.
 */
async function installNodes(
  { scratch, report }: Pick<World, "scratch" | "report">,
  majors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const nodes = new Map<string, string>();
  for (const major of majors) {
    if (process.versions.node.startsWith(`${major}.`)) {
      nodes.set(major, dirname(process.execPath));
      continue;
    }
    const prefix = join(scratch, `node-${major}`);
    const bin = join(prefix, "node_modules/node/bin");
    mkdirSync(prefix);
    const installed = await report.step(`Node.js ${major}`, `npm install node@${major}`, async () => {
      const argv = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", prefix];
      await succeed([...argv, `node@${major}`], { cwd: prefix });
      await succeed([join(bin, "node"), "--version"], { cwd: prefix });
    });
    if (installed) nodes.set(major, bin);
  }
  return nodes;
}
