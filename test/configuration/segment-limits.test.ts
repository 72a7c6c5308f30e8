import { assertKnownSegments } from "../../configuration/segment-limits.ts";
import { composeApp } from "../../lib/compose-app.ts";
import { authorizerSettings } from "../../lib/functions/function-settings.ts";
import { bareApp, configure, NO_POLICIES } from "../support/lib/synthesize.ts";

const policies = { ...NO_POLICIES, segments: { general: ["/**"], billing: ["/api/billing/**"] } };
const limits = { maxTokenAge: 900 };
const compose = (segments: Readonly<Record<string, object>>) =>
  composeApp(bareApp(), configure({ segments }), policies);

test("synthesis refuses limits for segments that segments.json does not name, all at once", () => {
  expect(() => compose({ biling: limits, billing: limits, constructor: limits })).toThrow(
    [
      "the configuration: 2 problems",
      "  segments.biling",
      "    found     a segment that segments.json does not name",
      "    accepted  did you mean billing? All names: general, billing",
      "  segments.constructor",
      "    found     a segment that segments.json does not name",
      "    accepted  general, billing",
    ].join("\n"),
  );
});

test("a deployment that makes its settings by itself is refused just so", () => {
  const settings = { ...authorizerSettings(configure()), segmentLimits: { export: limits } };
  expect(() => assertKnownSegments(settings, policies.segments)).toThrow("segments.export");
  expect(() => assertKnownSegments(authorizerSettings(configure()), {})).not.toThrow();
});

test("limits for segments that there are synthesize", () => {
  expect(() => compose({ billing: limits, general: {} })).not.toThrow();
});
