import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SERVICE } from "../contract/service.ts";
import { bundleSource } from "../lib/functions/bundle-source.ts";

export interface BundleSize {
  readonly name: string;
  readonly kilobytes: number;
  readonly gzippedKilobytes: number;
  /** The three packages that weigh most, with their kilobytes */
  readonly heaviest: string;
}

const resolvePackage = createRequire(import.meta.url).resolve;

/**
 * Sizes of the bundles as deployed; what must not be in them is held by
 * test/lib/functions/function-bundle.test.ts.
 */
export function measureSizes(): readonly BundleSize[] {
  const bundles = [...Object.keys(SERVICE), "demo"].map((name) => {
    const { code, inputs } = bundleSource(join(import.meta.dirname, `../lambda/${name}/handler.ts`));
    return {
      name,
      kilobytes: code.byteLength / 1000,
      gzippedKilobytes: gzipSync(code).byteLength / 1000,
      heaviest: heaviestPackages(inputs),
    };
  });
  const wasm = join(resolvePackage("@cedar-policy/cedar-wasm/nodejs"), "../cedar_wasm_bg.wasm");
  const kilobytes = statSync(wasm).size / 1000;
  return [
    ...bundles,
    { name: "cedar_wasm_bg.wasm (authorizer)", kilobytes, gzippedKilobytes: Number.NaN, heaviest: "" },
  ];
}

function heaviestPackages(inputs: Readonly<Record<string, number>>): string {
  const weights = new Map<string, number>();
  for (const [path, bytes] of Object.entries(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "own code";
    weights.set(name, (weights.get(name) ?? 0) + bytes);
  }
  return [...weights]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(0)}`)
    .join(", ");
}
