export default {
  // What decides, what verifies and what proves.
  mutate: [
    "domain/{decision,evidence}/**/*.ts",
    "lambda/authorizer/{authorize,render-response,challenge,policy-response,read-request,read-headers,read-websocket}.ts",
    "policy/engine.ts",
    "verification/{issuers,jws,keys,proof,token}/*.ts",
  ],
  plugins: ["./scripts/mutation/runner.mjs"],
  testRunner: "decision-path",
  coverageAnalysis: "perTest",
  concurrency: 2,
  // Ends a test that a mutant keeps waiting.
  timeoutMS: 4000,
  // No such file: TypeScript 7 lacks the function that Stryker calls to rewrite tsconfig.json.
  tsconfigFile: "none.json",
  ignorePatterns: [".sallyport", "cdk.out", "coverage", "dist"],
  tempDirName: ".stryker/sandbox",
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: ".stryker/mutation.json" },
  allowConsoleColors: false,
};
