import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

const FUNCTIONS = ["index.mjs"];
/** Files beside the authorizer's bundle, without which it cannot decide. */
const COMPANIONS = ["cedar_wasm_bg.wasm", "digests.json", "policy.json", "settings.json"];
const OTHERS_MAY_READ = 0o004;

/**
 * Looks at what an app of README's examples synthesized.
 *
 * @throws Error naming what is missing, or cannot be read by Lambda
 */
export function checkSynthesized(folder: string, stacks: readonly string[]): void {
  for (const stack of stacks) {
    const text = readFileSync(join(folder, `${stack}.template.json`), "utf8");
    const types = Object.values((JSON.parse(text) as Template).Resources).map(({ Type }) => Type);
    const wanted = stack === "Sallyport" ? "AWS::DynamoDB::GlobalTable" : "AWS::ApiGateway(V2)?::Authorizer";
    if (!types.some((type) => new RegExp(`^${wanted}$`).test(type))) {
      throw new Error(`${stack} has no ${wanted}, but ${[...new Set(types)].join(", ")}`);
    }
  }
  const assets = readdirSync(folder).filter((name) => name.startsWith("asset."));
  const contents = assets.map((asset) => readdirSync(join(folder, asset)));
  if (!contents.some((files) => COMPANIONS.every((file) => files.includes(file)))) {
    throw new Error(`No asset has ${COMPANIONS.join(", ")}: ${JSON.stringify(contents)}`);
  }
  if (contents.filter((files) => FUNCTIONS.every((file) => files.includes(file))).length < 3) {
    throw new Error(`There are fewer than three functions: ${JSON.stringify(contents)}`);
  }
  for (const [at, asset] of assets.entries()) {
    for (const file of contents[at] ?? []) {
      const { mode } = statSync(join(folder, asset, file));
      if ((mode & OTHERS_MAY_READ) === 0) {
        throw new Error(`${asset}/${file} has mode ${(mode & 0o777).toString(8)}, so Lambda cannot read it`);
      }
    }
  }
}
