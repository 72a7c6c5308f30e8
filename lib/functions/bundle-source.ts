import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Esbuild from "esbuild";
import { RUNS_FROM_SOURCES } from "../package-root.ts";
import { SynthesisError } from "../synthesis-error.ts";

/** The file that Lambda loads. */
export const BUNDLE_NAME = "index.mjs";

/** One function's code in one file, and the proof of what went into it. */
export interface SourceBundle {
  /** ES module, minified */
  readonly code: Uint8Array;
  /**
   * Bytes that each input gave to the output, by path from the current directory, largest first;
   * empty for a finished bundle
   */
  readonly inputs: Readonly<Record<string, number>>;
}

// Dependencies that are CommonJS inside (the SDK's smaller parts, Cedar's glue) ask for these; ES
// modules have none of them.
const BANNER = [
  'import { createRequire as __sallyportRequire } from "node:module";',
  'import { dirname as __sallyportDirname } from "node:path";',
  'import { fileURLToPath as __sallyportPath } from "node:url";',
  "const require = __sallyportRequire(import.meta.url);",
  "const __filename = __sallyportPath(import.meta.url);",
  "const __dirname = __sallyportDirname(__filename);",
].join("\n");

const bundles = new Map<string, SourceBundle>();

/**
 * Takes a `.mjs` file as it is, and in a checkout bundles any other entry file with everything it
 * imports, the AWS SDK too, in this process: no Docker, no child CLI, no network. The result is
 * kept for the life of the process. There is no source map: it would triple the asset and slow the
 * cold start; the same commit bundles to the same bytes, so one can be made when a stack trace has
 * to be read.
 *
 * @throws SynthesisError if the file is missing, with file and line of each fault that esbuild
 *   finds, and, in the published package, which brings no esbuild, for any other file than `.mjs`
 */
export function bundleSource(entry: string): SourceBundle {
  const known = bundles.get(entry);
  if (known !== undefined) return known;
  const bundle = entry.endsWith(".mjs") ? read(entry) : build(entry);
  bundles.set(entry, bundle);
  return bundle;
}

function read(entry: string): SourceBundle {
  if (!existsSync(entry)) throw new SynthesisError(`${entry}: there is no such file`);
  return { code: readFileSync(entry), inputs: {} };
}

function build(entry: string): SourceBundle {
  if (!RUNS_FROM_SOURCES) {
    const how = "esbuild --bundle --platform=node --format=esm --outfile=handler.mjs";
    throw new SynthesisError(`${entry} is not a .mjs file. Bundle it into one, for example with \`${how}\`.`);
  }
  // Loaded here, because the published package does without it.
  const { buildSync } = createRequire(import.meta.url)("esbuild") as typeof Esbuild;
  try {
    const { outputFiles, metafile } = buildSync({
      entryPoints: [entry],
      outfile: BUNDLE_NAME,
      write: false,
      bundle: true,
      metafile: true,
      platform: "node",
      format: "esm",
      // Lambda runs Node 24; the laptop may run the same bytes on Node 20.
      target: "node20",
      mainFields: ["module", "main"],
      minify: true,
      legalComments: "none",
      sourcemap: false,
      banner: { js: BANNER },
      logLevel: "silent",
    });
    const [code] = outputFiles;
    const [output] = Object.values(metafile.outputs);
    if (code === undefined || output === undefined)
      throw new SynthesisError(`${entry}: esbuild gave no output`);
    const sizes = Object.entries(output.inputs).map(
      ([path, { bytesInOutput }]) => [path, bytesInOutput] as const,
    );
    return {
      code: code.contents,
      inputs: Object.fromEntries(sizes.toSorted(([, one], [, other]) => other - one)),
    };
  } catch (error) {
    throw isBuildFailure(error) ? new SynthesisError(describeFailure(entry, error)) : error;
  }
}

const isBuildFailure = (error: unknown): error is Esbuild.BuildFailure =>
  typeof error === "object" && error !== null && "errors" in error;

function describeFailure(entry: string, { errors }: Esbuild.BuildFailure): string {
  const lines = errors.map(({ text, location }) =>
    location === null ? `  ${text}` : `  ${location.file}:${location.line}:${location.column}: ${text}`,
  );
  return [`${entry} does not bundle:`, ...lines].join("\n");
}
