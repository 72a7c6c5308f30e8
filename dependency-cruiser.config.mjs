// `npm run boundaries`: which room may import which. docs/architecture.md draws the arrows, and
// docs/decisions/0037-dependency-rules-by-a-library.md says why they are checked this way.

import swc from "@swc/core";

// dependency-cruiser 17 has its swc parser read every file as TypeScript without JSX.
const { parseFileSync } = swc;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith(".tsx") });

/**
 * Each room with the rooms that it may import besides itself. A room imports only rooms above it
 * in this list, so an arrow that goes up cannot be written down here without a test failing.
 * `packages`: the packages and Node modules it may import; absent means any but the AWS SDK.
 */
export const ROOMS = [
  { room: "domain", imports: [], packages: [] },
  { room: "contract", imports: ["domain"], packages: [] },
  { room: "console", imports: ["domain", "contract"], packages: ["preact"] },
  {
    room: "policy",
    imports: ["domain", "contract"],
    packages: ["@cedar-policy/cedar-wasm", "node:"],
  },
  { room: "aws", imports: ["domain", "contract"] },
  // What is special to one provider, for the configuration as well as for verification.
  { room: "verification/issuers", imports: ["domain", "contract"], packages: ["aws-jwt-verify"] },
  { room: "verification", imports: ["domain", "contract", "verification/issuers"] },
  {
    room: "configuration",
    imports: ["domain", "contract", "verification/issuers"],
    packages: ["zod", "node:"],
  },
  { room: "lambda", imports: ["domain", "contract", "policy", "aws", "verification"] },
  {
    room: "lib",
    imports: ["domain", "contract", "verification/issuers", "policy", "configuration"],
  },
  {
    room: "local",
    imports: ["domain", "contract", "console", "policy", "aws", "configuration", "lib"],
  },
  {
    room: "cli",
    imports: [
      ...["domain", "contract", "console", "policy", "aws", "verification", "configuration"],
      ...["lambda", "lib", "local"],
    ],
  },
  { room: "bin", imports: ["domain", "contract", "policy", "configuration", "lib", "cli"] },
  { room: "examples", imports: [] },
  // Not shipped: no room above may import them.
  {
    room: "test/support",
    imports: [
      ...["domain", "contract", "console", "policy", "aws", "verification"],
      ...["configuration", "lambda", "lib", "local", "cli"],
    ],
  },
  {
    room: "scripts",
    imports: [
      ...["domain", "contract", "policy", "aws", "verification"],
      ...["configuration", "lambda", "lib", "local", "cli", "test/support"],
    ],
  },
  {
    room: "bench",
    imports: [
      ...["domain", "contract", "policy", "aws", "verification"],
      ...["configuration", "lambda", "lib", "local", "cli", "test/support"],
    ],
  },
  { room: "test", imports: "all" },
];

const MAY_USE_AWS_SDK = ["aws", "bench", "test"];
/** Types come from `@types/…`, which has no file under the name that is imported. */
const TYPES_ONLY = "^aws-lambda$";
/** What the published command starts, which exists only after `npm run build`. */
const BUILT = "^\\.\\./dist/sallyport\\.mjs$";
/** The package by its own name, as examples/ import it: `npm run consumer` installs it there. */
const OWN_NAME = "^sallyport$";

const names = ROOMS.map(({ room }) => room);
const anyOf = (rooms) => `^(?:${rooms.join("|")})/`;
/** A package resolves to its file, or keeps its name where it is not installed. */
const pathsOf = (name) => [`^${name}$`, `^${name}/`, `node_modules/${name}/`];

/** The files of a room without those of rooms inside it. */
const within = (room) => ({
  path: `^${room}/`,
  pathNot: names.filter((name) => name.startsWith(`${room}/`)).map((name) => `^${name}/`),
});

function roomRule({ room, imports }) {
  return {
    name: `${room}-imports-only-what-it-may`,
    comment: `${room}/ may import ${["itself", ...imports].join(", ")}.`,
    severity: "error",
    from: within(room),
    to: { path: anyOf(names), pathNot: anyOf([room, ...imports]) },
  };
}

function packageRule({ room, packages }) {
  const allowed = packages.filter((name) => name !== "node:").flatMap(pathsOf);
  return {
    name: `${room}-imports-no-other-package`,
    comment: `${room}/ may import these packages: ${packages.join(", ") || "none"}.`,
    severity: "error",
    from: within(room),
    to: {
      pathNot: [anyOf(names), ...allowed],
      ...(packages.includes("node:") && { dependencyTypesNot: ["core"] }),
    },
  };
}

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    ...ROOMS.filter(({ imports }) => imports !== "all").map(roomRule),
    ...ROOMS.filter(({ packages }) => packages !== undefined).map(packageRule),
    forbid(
      "only-aws-imports-the-sdk",
      "Only aws/ imports an AWS SDK client; everything else goes through a port.",
      { pathNot: anyOf(MAY_USE_AWS_SDK) },
      { path: ["^@(?:aws-sdk|smithy)/", "node_modules/@(?:aws-sdk|smithy)/"] },
    ),
    forbid(
      "one-function-never-imports-another",
      "What two functions need belongs in verification/, domain/ or aws/.",
      { path: "^lambda/([^/]+)/" },
      { path: "^lambda/[^/]+/", pathNot: "^lambda/$1/" },
    ),
    forbid(
      "shared-function-code-knows-no-function",
      "A file directly in lambda/ is shared by all functions and imports none of them.",
      { path: "^lambda/[^/]+$" },
      { path: "^lambda/[^/]+/" },
    ),
    forbid(
      "the-app-does-not-import-the-commands",
      "bin/app.ts defines stacks; only bin/sallyport.ts imports cli/.",
      { path: "^bin/", pathNot: "^bin/sallyport\\." },
      { path: "^cli/" },
    ),
    forbid(
      "the-commands-do-not-import-the-app",
      "bin/sallyport.ts imports cli/ and contract/.",
      { path: "^bin/sallyport\\." },
      { path: anyOf(names.filter((name) => !["bin", "cli", "contract"].includes(name))) },
    ),
    forbid("no-circle", "A circle of imports, type imports included.", {}, { circular: true }),
    forbid(
      "no-unknown-room",
      "A folder with code needs a row in ROOMS of dependency-cruiser.config.mjs.",
      { path: "/", pathNot: [anyOf(names), "node_modules/"] },
      {},
    ),
    forbid(
      "no-unresolved-import",
      "The rules cannot follow an import that does not resolve.",
      {},
      { couldNotResolve: true, pathNot: [TYPES_ONLY, OWN_NAME, BUILT] },
    ),
    forbid(
      "no-import-from-outside",
      "Import by a relative path inside the repository, or by a package's name.",
      { pathNot: "node_modules/" },
      { path: "^(?:\\.\\./|/|file:)", pathNot: BUILT },
    ),
  ],
  options: {
    // TypeScript 7 has no JavaScript API to parse with.
    parser: "swc",
    tsPreCompilationDeps: true,
    moduleSystems: ["es6", "cjs"],
    exclude: { path: "^(?:cdk\\.out|coverage|dist|\\.[^./][^/]*)/" },
    doNotFollow: { path: "node_modules/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
      mainFields: ["module", "main", "types"],
    },
  },
};
