import { reportKeys } from "../../../lambda/authorizer/report-keys.ts";
import type { IntrospectionFailure } from "../../../verification/token/introspection.ts";

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

test.each<[IntrospectionFailure, string[], RegExp]>([
  ["no-answer", ["IntrospectionFailures"], /did not say if a token is active/],
  ["client-refused", ["IntrospectionFailures", "IntrospectionClientRefusals"], /refuses our client: check/],
])("a question that got no answer (%s) is counted as %j and logged", (kind, counted, says) => {
  const metrics: string[] = [];
  const lines: string[] = [];
  const logger = { error: (line: string) => lines.push(line) };
  const telemetry = { logger, measure: ({ name }: { name: string }) => metrics.push(name) };
  reportKeys(telemetry as never).onIntrospectionFailure("https://issuer.example", new Error("status"), kind);
  expect(metrics).toEqual(counted);
  expect(lines).toEqual([expect.stringMatching(says)]);
});

test("tokens that were refused unasked are counted, without a line for each", () => {
  const metrics: string[] = [];
  const telemetry = { logger: {}, measure: ({ name }: { name: string }) => metrics.push(name) };
  reportKeys(telemetry as never).onIntrospectionLimited("https://issuer.example");
  expect(metrics).toEqual(["IntrospectionLimited"]);
});
