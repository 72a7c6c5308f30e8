import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One resource as a CloudFormation template states it, intrinsics unresolved. */
export interface RawResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

export interface RawTemplate {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, RawResource>>;
  readonly Outputs?: Readonly<
    Record<
      string,
      { readonly Value: unknown; readonly Export?: { readonly Name: unknown }; readonly Condition?: string }
    >
  >;
}

/** One stack of a cloud assembly. */
export interface StackTemplate {
  readonly name: string;
  readonly template: RawTemplate;
  /** Absolute path of a file asset by its object key in the template */
  readonly assets: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts?: Readonly<
    Record<string, { readonly type: string; readonly properties?: Readonly<Record<string, unknown>> }>
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source?: { readonly path?: string };
        readonly destinations?: Readonly<Record<string, { readonly objectKey?: string }>>;
      }
    >
  >;
}

/**
 * Reads every stack of a CDK cloud assembly folder (`manifest.json`), including those of nested
 * stages. Throws if the folder is not an assembly. Does not read nested CloudFormation stacks.
 */
export function readAssembly(dir: string): readonly StackTemplate[] {
  const artifacts = Object.entries(readJson<Manifest>(join(dir, "manifest.json")).artifacts ?? {});
  const assets = new Map<string, string>();
  for (const [, { type, properties }] of artifacts) {
    if (type === "cdk:asset-manifest") collectAssets(dir, String(properties?.file), assets);
  }
  return artifacts.flatMap(([id, { type, properties }]): readonly StackTemplate[] => {
    if (type === "cdk:cloud-assembly") return readAssembly(join(dir, String(properties?.directoryName)));
    if (type !== "aws:cloudformation:stack") return [];
    const template = readJson<RawTemplate>(join(dir, String(properties?.templateFile)));
    return [{ name: String(properties?.stackName ?? id), template, assets }];
  });
}

function collectAssets(dir: string, file: string, into: Map<string, string>): void {
  for (const { source, destinations } of Object.values(
    readJson<AssetManifest>(join(dir, file)).files ?? {},
  )) {
    if (source?.path === undefined) continue;
    for (const { objectKey } of Object.values(destinations ?? {})) {
      if (objectKey !== undefined) into.set(objectKey, join(dir, source.path));
    }
  }
}

function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON of a CDK cloud assembly`, { cause });
  }
}
