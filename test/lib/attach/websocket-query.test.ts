import { Annotations, Match } from "aws-cdk-lib/assertions";
import { authorizerSettings } from "../../../lib/functions/function-settings.ts";
import { configure, synthesize } from "../../support/lib/synthesize.ts";

const warnings = (parts: Parameters<typeof synthesize>[0]) =>
  Annotations.fromStack(synthesize(parts).sallyport).findWarning(
    "*",
    Match.stringLikeRegexp("access_token.*access logs"),
  );

test("tokens in URLs raise a warning, and are configured in the function", () => {
  const webSocket = { queryParameter: "access_token" };
  expect(warnings({ webSocket })).toHaveLength(1);
  expect(authorizerSettings(configure({ webSocket }))).toMatchObject({ webSocket });
});

test("without being asked for they are neither", () => {
  for (const parts of [{}, { webSocket: {} }]) {
    expect(warnings(parts)).toHaveLength(0);
    expect(authorizerSettings(configure(parts))).not.toHaveProperty("webSocket");
  }
});

test.each(["", "access token", "a&b", "1st", "x".repeat(65)])("%j names no parameter", (queryParameter) => {
  expect(() => configure({ webSocket: { queryParameter } })).toThrow(/webSocket\.queryParameter/);
});
