import { chmodSync, copyFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AssetHashType, DockerImage, Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";
import { SynthesisError } from "../synthesis-error.ts";
import { BUNDLE_NAME, bundleSource } from "./bundle-source.ts";

/** A file beside the bundle in the function's folder. */
export type CompanionFile =
  | { readonly name: string; readonly content: string }
  /** Copied from this path */
  | { readonly name: string; readonly path: string };

/** Lambda runs the code as another user, whatever the builder's umask says. */
const READABLE = 0o644;

/** Lambda takes at most 250 MB of unzipped code. */
const LARGEST_FOLDER = 250 * 1024 * 1024;

/**
 * Makes a function's code asset: `entry`, bundled, as `index.mjs` and the companion files beside
 * it. Where the stack needs no bundling (`aws:cdk:bundling-stacks` leaves it out, as `cdk list`
 * does), nothing is built and the asset names the entry's folder instead.
 *
 * @throws SynthesisError if the entry does not bundle, a companion is missing or all together is
 *   too large for Lambda
 */
export function functionBundle(scope: IConstruct, entry: string, companions: readonly CompanionFile[]): Code {
  const folder = dirname(entry);
  if (Stack.of(scope).bundlingRequired) {
    // Here rather than inside tryBundle, whose errors CDK wraps in another message.
    bundleSource(entry);
    checkCompanions(entry, companions);
  }
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: tryBundle does the work. The command only makes CDK's cache tell bundles
      // apart.
      image: DockerImage.fromRegistry("none"),
      command: [entry, ...companions.map((file) => JSON.stringify(file))],
      local: { tryBundle: (directory) => writeFunctionFolder(directory, entry, companions) },
    },
  });
}

function writeFunctionFolder(
  directory: string,
  entry: string,
  companions: readonly CompanionFile[],
): boolean {
  const bundle = join(directory, BUNDLE_NAME);
  writeFileSync(bundle, bundleSource(entry).code);
  chmodSync(bundle, READABLE);
  for (const file of companions) {
    const target = join(directory, file.name);
    if ("content" in file) writeFileSync(target, file.content);
    else copyFileSync(file.path, target);
    chmodSync(target, READABLE);
  }
  return true;
}

function checkCompanions(entry: string, companions: readonly CompanionFile[]): void {
  let bytes = bundleSource(entry).code.byteLength;
  for (const file of companions) {
    if ("path" in file && !existsSync(file.path)) {
      throw new SynthesisError(`${file.name}: there is no file ${file.path}`);
    }
    bytes += "path" in file ? statSync(file.path).size : Buffer.byteLength(file.content);
  }
  if (bytes > LARGEST_FOLDER) {
    throw new SynthesisError(
      `${entry} and the files beside it come to ${bytes} bytes; Lambda takes at most ${LARGEST_FOLDER}`,
    );
  }
}
