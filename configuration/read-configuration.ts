import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";
import { problemsOf } from "./problem.ts";
import { repeatedFields } from "./repeated-fields.ts";
import { crossFieldProblems } from "./rules.ts";
import { configurationSchema, type ParsedConfiguration } from "./schema.ts";

/** A checked configuration with every default filled in and every path absolute. */
export type Configuration = Omit<ParsedConfiguration, "policies" | "parameterPrefix" | "$schema"> & {
  /** The folder of policies */
  readonly policies: string;
  /** Path of the SSM parameters, without a slash at its end */
  readonly parameterPrefix: string;
};

const DEFAULT_POLICIES = join(dirname(import.meta.dirname), "policies/default");

/**
 * Reads and checks a configuration file. Paths in it are meant from the file's folder.
 *
 * @throws ConfigurationError with all mistakes at once
 */
export function loadConfiguration(file: string): Configuration {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(file, [
      {
        path: "",
        found: `no readable file (${code})`,
        accepted: "a JSON file; name another with -c config=<path>",
      },
    ]);
  }
  return readConfiguration(content, file);
}

/**
 * Checks the text of a configuration.
 *
 * @param file named in errors; its folder is where relative paths begin
 * @throws ConfigurationError with all mistakes at once, and nothing else
 */
export function readConfiguration(content: string, file: string): Configuration {
  let raw: unknown;
  try {
    raw = JSON.parse(content);
  } catch (error) {
    const found = `text that is not JSON: ${error instanceof Error ? error.message : error}`;
    throw new ConfigurationError(file, [{ path: "", found, accepted: "JSON without comments" }]);
  }
  const parsed = configurationSchema.safeParse(raw);
  const problems = [
    ...repeatedFields(content),
    ...(parsed.success ? [] : problemsOf(parsed.error, raw)),
    ...crossFieldProblems(raw),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(file, problems);
  return withDefaults(parsed.data, dirname(resolve(file)));
}

function withDefaults({ $schema, ...parsed }: ParsedConfiguration, folder: string): Configuration {
  const { geo, network, name } = parsed;
  return {
    ...parsed,
    parameterPrefix: parsed.parameterPrefix ?? (name === undefined ? "/sallyport" : `/sallyport/${name}`),
    policies: parsed.policies === undefined ? DEFAULT_POLICIES : resolve(folder, parsed.policies),
    geo: {
      source: geo.source,
      ...(geo.countryDatabase !== undefined && { countryDatabase: resolve(folder, geo.countryDatabase) }),
      ...(geo.cityDatabase !== undefined && { cityDatabase: resolve(folder, geo.cityDatabase) }),
    },
    ...(network?.extraAuthority !== undefined && {
      network: { ...network, extraAuthority: resolve(folder, network.extraAuthority) },
    }),
  };
}
