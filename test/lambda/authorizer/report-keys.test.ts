import { reportKeys } from "../../../lambda/authorizer/report-keys.ts";

test.each([
  [false, ["KeySetFailures"], ["error"]],
  [true, [], ["warn"]],
])("a failed fetch that is expected (%s) is counted as %j and logged", (expected, counted, logged) => {
  const metrics: string[] = [];
  const lines: string[] = [];
  const logger = { error: () => lines.push("error"), warn: () => lines.push("warn") };
  const telemetry = { logger, measure: ({ name }: { name: string }) => metrics.push(name) };
  reportKeys(telemetry as never).onFailure("https://issuer.example", new Error("down"), expected);
  expect(metrics).toEqual(counted);
  expect(lines).toEqual(logged);
});
