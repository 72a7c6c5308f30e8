import type { Violation } from "./tree-rules.ts";

interface Trace {
  readonly pattern: RegExp;
  readonly says: string;
}

// Each pattern is written so that it does not match its own source.
const TRACES: readonly Trace[] = [
  {
    pattern: /(?<![\w.~@-])\/(?:(?:home|Users)\/[\w.-]+|root|work(?:space)?)\/[\w.]/,
    says: "holds an absolute path of somebody's machine",
  },
  {
    pattern: /\b[A-Za-z]:\\{1,2}(?:Users|work(?:space)?)\\/,
    says: "holds an absolute path of somebody's machine",
  },
  {
    pattern: /https?:\/\/[^\s/"'`]*\b(?:registry|npm|nexus|artifactory|verdaccio)\b/i,
    says: "holds the address of a package registry",
  },
  { pattern: /^\s*(?:@[\w-]+:)?registry\s*=/m, says: "sets a package registry" },
  {
    pattern: /\/\/[\w.-]+(?::\d+)?\/[\w./-]*:_(?:authToken|auth|password)\s*=/,
    says: "holds a registry's credentials",
  },
];

const LOCK_FILE = /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/;
const DOWNLOAD_ADDRESS = /"resolved"\s*:/;

/**
 * Finds what the machine at hand left in a file and no other machine can use: home folders, package
 * registries, and download addresses in the lock file (npm then asks whatever registry its user has
 * configured). Reports the first line of each kind. Knows kinds of addresses, not the names of
 * hosts.
 */
export function findMachineTraces(file: string, text: string): Violation[] {
  const wanted = LOCK_FILE.test(file)
    ? [
        {
          pattern: DOWNLOAD_ADDRESS,
          says: "holds download addresses; keep omit-lockfile-registry-resolved on",
        },
      ]
    : TRACES;
  return wanted.flatMap(({ pattern, says }) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    const line = text.slice(0, found.index + found[0].length).split("\n").length;
    return [{ file, line, rule: "machine", says }];
  });
}
