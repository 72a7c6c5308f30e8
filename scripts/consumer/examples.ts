import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { startShop } from "../../test/support/shop/shop.ts";
import type { World } from "./package.ts";
import { succeed } from "./run-program.ts";

/** Runs each folder of examples/ with the packed package, as its reader would. */
export async function runExamples(world: World): Promise<void> {
  const examples = readdirSync(join(PACKAGE_ROOT, "examples"), { withFileTypes: true });
  for (const { name } of examples.filter((entry) => entry.isDirectory())) {
    const cwd = join(world.scratch, "examples", name);
    const step = (title: string, run: () => unknown) => world.report.step(`examples/${name}`, title, run);
    const installed = await step("npm install", async () => {
      cpSync(join(PACKAGE_ROOT, "examples", name), cwd, { recursive: true });
      await succeed(["npm", "install", "--no-audit", "--no-fund", world.tarball], { cwd });
    });
    if (!installed) continue;
    if (name === "attach-by-command") {
      await step("npm start, on the laptop's API Gateway", () => attach(cwd));
    } else {
      await step("npm test", () => succeed(["npm", "test"], { cwd }));
      await step("npx cdk synth", () => succeed(["npx", "--no-install", "cdk", "synth", "--quiet"], { cwd }));
    }
  }
}

/** The control plane is the laptop's, not AWS: what the command asks of it and changes is real. */
async function attach(cwd: string): Promise<void> {
  const shop = await startShop();
  try {
    const env = {
      ...shop.environment,
      API: shop.http.id,
      TABLE: shop.tableName,
      FUNCTION_ARN: shop.authorizerArn,
    };
    await succeed(["npm", "start"], { cwd, env });
    const changes = shop.calls().filter(({ name }) => /^(Create|Update)(Route|Authorizer)/.test(name));
    if (changes.length === 0) throw new Error("Nothing was asked of the API's control plane.");
  } finally {
    await shop.close();
  }
}
