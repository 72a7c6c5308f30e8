import { readRate } from "../../../local/eventbridge/schedule.ts";

test.each([
  ["rate(1 minute)", 60_000],
  ["rate(5 minutes)", 300_000],
  ["rate(1 hour)", 3_600_000],
  ["rate(24 days)", 24 * 86_400_000],
])("%s is %d ms", (expression, interval) => {
  expect(readRate(expression)).toBe(interval);
});

test.each([
  "rate(0 minutes)",
  "rate(1 minutes)",
  "rate(2 minute)",
  "rate(25 days)",
  "cron(0 8 * * ? *)",
  "",
  undefined,
])("%j is none", (expression) => {
  expect(readRate(expression)).toBeUndefined();
});
