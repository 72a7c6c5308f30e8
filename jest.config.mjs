import { availableParallelism } from "node:os";

// Tests run the TypeScript sources through swc as CommonJS: Jest's module mocking and coverage need
// no flags that way. Packages that ship ES modules only are transformed too.
const esmOnly = ["jose", "oauth4webapi", "@peculiar", "preact", "hono", "oidc-provider", "@seriousme"];

const swc = (tsx) => [
  "@swc/jest",
  {
    jsc: {
      parser: { syntax: "typescript", decorators: true, tsx },
      transform: { react: { runtime: "automatic", importSource: "preact" } },
      target: "es2022",
    },
    module: { type: "commonjs" },
    sourceMaps: "inline",
  },
];

export default {
  testEnvironment: "node",
  globalSetup: "<rootDir>/test/support/scratch-folder.mjs",
  // One more than processors: many tests wait for their own processes, for pauses and for
  // rate limits.
  maxWorkers: availableParallelism() + 1,
  // Many tests run real processes; a busy machine may take its time over them. No test asserts how
  // long anything took.
  testTimeout: 60_000,
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.{ts,tsx}"],
  transform: { "\\.m?[jt]s$": swc(false), "\\.tsx$": swc(true) },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join("|")})/)`],
};
