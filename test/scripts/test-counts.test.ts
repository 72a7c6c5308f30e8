import { readTestCounts } from "../../scripts/test-counts.ts";

const report = (counts: object) => JSON.stringify({ success: false, ...counts });

test("counts what passed and what failed", () => {
  expect(
    readTestCounts(report({ numPassedTests: 7, numFailedTests: 2, numRuntimeErrorTestSuites: 0 })),
  ).toEqual({ passed: 7, failed: 2 });
});

test("a test file that could not run is a failure", () => {
  expect(
    readTestCounts(report({ numPassedTests: 7, numFailedTests: 0, numRuntimeErrorTestSuites: 1 })),
  ).toEqual({ passed: 7, failed: 1 });
});

test.each([[undefined], [""], ["null"], ["{}"], ['{"numPassedTests": 1}'], ["[1]"]])(
  "%s is no report",
  (text) => {
    expect(readTestCounts(text)).toBeUndefined();
  },
);
