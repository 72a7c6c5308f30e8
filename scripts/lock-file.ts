/** The parts of a package-lock.json (version 3) that matter here. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The entries that a lock file lacks of its packages' optional dependencies, by their paths.
 *
 * npm leaves an optional package out of the lock file when the registry at hand does not have it,
 * as mirrors may not have the builds for other platforms; `npm ci` then refuses the lock file,
 * everywhere. The entries made here have no integrity hash, because the package was not fetched;
 * npm skips them on other platforms than their own. Throws where a package's name does not tell its
 * platform, or its version is not exact.
 */
export function missingOptionalPackages({ packages }: LockFile): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = placesFor(path, name).find((place) => (packages[place] ?? missing[place]) !== undefined);
      const known = found === undefined ? undefined : (packages[found] ?? missing[found])?.version;
      // A range that some version was locked for has been judged by npm.
      if (known === version || (known !== undefined && !isExact(version))) continue;
      if (!isExact(version))
        throw new Error(`${path} wants ${name}@${version}, which is not an exact version`);
      const place = known === undefined ? `node_modules/${name}` : `${path}/node_modules/${name}`;
      const { os, cpu, libc } = platformOf(name);
      // In the order in which npm writes them, so that it finds nothing to change.
      missing[place] = { version, cpu, ...(dev && { dev }), ...(libc && { libc }), optional: true, os };
    }
  }
  return missing;
}

const isExact = (version: string): boolean => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);

/** Where Node looks for a package from within another one, the nearest place first. */
function placesFor(path: string, name: string): string[] {
  const places = [`node_modules/${name}`];
  let at = "";
  for (const part of path.split("node_modules/").slice(1)) {
    at += `node_modules/${part}`;
    places.unshift(`${at.replace(/\/$/, "")}/node_modules/${name}`);
  }
  return places;
}

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** Reads `os`, `cpu` and `libc` out of a name such as `@biomejs/cli-linux-x64-musl`. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const words = name.replace(/^@[^/]+\//, "").split(/[-.]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (os === undefined || cpu === undefined) throw new Error(`${name} does not say which platform it is for`);
  const libc = words.some((word) => word.startsWith("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : undefined;
  return { os: [os], cpu: [cpu], ...(os === "linux" && libc !== undefined && { libc: [libc] }) };
}
