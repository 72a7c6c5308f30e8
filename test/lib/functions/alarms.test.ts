import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import { BUNDLE_FILE, ENV } from "../../../contract/environment.ts";
import { METRIC, METRIC_NAMESPACE } from "../../../contract/metrics.ts";
import { SERVICE } from "../../../contract/service.ts";
import type { AuthorizerSettings } from "../../../contract/settings.ts";
import { denial } from "../../../domain/decision/decision.ts";
import type { AccessEvent } from "../../../domain/event/access-event.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { report } from "../../../lambda/authorizer/report.ts";
import { reportKeys } from "../../../lambda/authorizer/report-keys.ts";
import { createTelemetry } from "../../../lambda/telemetry.ts";
import { bundleSource } from "../../../lib/functions/bundle-source.ts";
import { authorizerSettings, scorerSettings } from "../../../lib/functions/function-settings.ts";
import { PACKAGE_ROOT } from "../../../lib/package-root.ts";
import { compilePolicies } from "../../../policy/compile.ts";
import { accessResult, DIGESTS } from "../../support/domain/access-events.ts";
import { configure, type Resource, resourcesOf, synthesize } from "../../support/lib/synthesize.ts";

const { core } = synthesize();
/** All functions but the one that the configuration must ask for */
const FUNCTIONS = Object.keys(SERVICE).filter((name) => name !== "drift");
const alarms = Object.values(resourcesOf(core, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-alarms-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * A metric as CloudWatch tells metrics apart: an alarm finds one only by exactly the dimensions it
 * was emitted with.
 */
const identity = (namespace: string, name: string, dimensions: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted()]);

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** The metrics in what a function wrote, by the embedded metric format. */
function metricsIn(output: string): string[] {
  const lines = output.split("\n").filter((line) => line.includes('"CloudWatchMetrics"'));
  return lines.flatMap((line) => {
    const values = JSON.parse(line) as EmbeddedMetrics & Readonly<Record<string, unknown>>;
    return values._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name }) =>
        Dimensions.map((names) =>
          identity(Namespace, Name, Object.fromEntries(names.map((name) => [name, values[name]]))),
        ),
      ),
    );
  });
}

/** What the authorizer's report writes when all goes wrong that it tells of. */
async function reportOfFault(): Promise<string> {
  const written: string[] = [];
  const environment = { ...process.env };
  // Powertools then writes by the global console, and would leave metrics out.
  Object.assign(process.env, { POWERTOOLS_DEV: "true", POWERTOOLS_METRICS_DISABLED: "false" });
  const spies = (["log", "info", "error"] as const).map((method) =>
    jest
      .spyOn(console, method)
      .mockImplementation((...lines: unknown[]) => void written.push(...lines.map(String))),
  );
  const event = { metadata: { uid: "id-1" }, time: 1 } as AccessEvent;
  const result = { ...accessResult(), request: readRequest({}, "none", 0) };
  const down = () => Promise.reject(new Error("down"));
  try {
    const keys = reportKeys(createTelemetry(SERVICE.authorizer));
    keys.onStaleUse("https://id.example.com");
    keys.onIntrospectionFailure("https://id.example.com", new Error("down"), "no-answer");
    keys.onIntrospectionLimited("https://id.example.com");
    const telemetry = createTelemetry(SERVICE.authorizer);
    const fault = {
      risk: { status: "unavailable", why: "down" },
      decision: denial("internal-fault"),
    } as const;
    await report({ ...result, ...fault }, event, 100, down, telemetry);
    const misspelt = { status: "known", userRestriction: { unreadable: ["revokedat"] } } as const;
    const denied = { risk: misspelt, decision: denial("restriction-unreadable") };
    await report({ ...result, ...denied }, event, 100, down, telemetry);
  } finally {
    process.env = environment;
    for (const spy of spies) spy.mockRestore();
  }
  return written.join("\n");
}

/** What a function's bundle writes, as a separate process, while `script` uses its `handler`. */
function runBundle(name: keyof typeof SERVICE, settings: object, script: string): string {
  const own = mkdtempSync(join(folder, name));
  writeFileSync(join(own, "index.mjs"), bundleSource(join(PACKAGE_ROOT, `lambda/${name}/handler.ts`)).code);
  writeFileSync(join(own, BUNDLE_FILE.settings), JSON.stringify(settings));
  if (name === "authorizer") {
    writeFileSync(
      join(own, BUNDLE_FILE.policy),
      JSON.stringify(compilePolicies(join(PACKAGE_ROOT, "policies/default"))),
    );
    writeFileSync(join(own, BUNDLE_FILE.digests), JSON.stringify(DIGESTS));
    const glue = createRequire(__filename).resolve("@cedar-policy/cedar-wasm/nodejs");
    copyFileSync(join(glue, "../cedar_wasm_bg.wasm"), join(own, "cedar_wasm_bg.wasm"));
  }
  writeFileSync(join(own, "run.mjs"), `const { handler } = await import("./index.mjs");\n${script}`);
  return execFileSync(process.execPath, [join(own, "run.mjs")], {
    encoding: "utf8",
    timeout: 30_000,
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      LAMBDA_TASK_ROOT: own,
      AWS_REGION: "eu-central-1",
      [ENV.tableName]: "table",
      [ENV.eventBusName]: "bus",
      [ENV.findingsQueueUrl]: "https://sqs.eu-central-1.amazonaws.com/000000000000/findings",
    },
  });
}

test("each metric of ours that an alarm watches is one that the functions emit, by the same dimensions", async () => {
  const unreachable: AuthorizerSettings = {
    ...authorizerSettings(configure({ geo: { source: "none" } })),
    issuers: [
      { preset: "oidc", issuer: "https://localhost:9", audience: ["a"], jwksUri: "https://localhost:9" },
    ],
  };
  const scorer = scorerSettings(configure({ geo: { source: "none" } }));
  const emitted = [
    await reportOfFault(),
    // The keys are asked for at init.
    runBundle("authorizer", unreachable, ""),
    runBundle("scorer", scorer, 'await handler({ id: "1", detail: "no event" }, {});'),
    runBundle("findings", {}, 'await handler({ Records: [{ messageId: "1", body: "no finding" }] });'),
  ].flatMap(metricsIn);
  const watched = alarms
    .filter(({ Namespace }) => !Namespace.startsWith("AWS/"))
    .map(({ Namespace, MetricName, Dimensions }) =>
      identity(
        Namespace,
        MetricName,
        Object.fromEntries(
          Dimensions.map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]),
        ),
      ),
    );
  expect(watched).toHaveLength(10);
  expect(emitted).toEqual(expect.arrayContaining(watched));
  // With one dimension more it would be another metric.
  expect(emitted).toContain(
    identity(METRIC_NAMESPACE, METRIC.decisions, {
      service: SERVICE.authorizer,
      outcome: "deny",
      reason: "internal-fault",
    }),
  );
}, 120_000);

/** The resources that alarms on this metric watch, by logical id. */
const watchedBy = (namespace: string, name: string) =>
  alarms
    .filter(({ Namespace, MetricName }) => Namespace === namespace && MetricName === name)
    .map(({ Dimensions: [{ Value }] }) => Value.Ref ?? Value["Fn::GetAtt"][0])
    .toSorted();

const idsOf = (type: string, wanted: (id: string, resource: Resource) => boolean = () => true) =>
  Object.entries(resourcesOf(core, type))
    .filter(([id, resource]) => wanted(id, resource))
    .map(([id]) => id)
    .toSorted();

test.each(["Errors", "Throttles"])("alarms watch %s of every function", (name) => {
  const functions = idsOf("AWS::Lambda::Function");
  expect(functions).toHaveLength(FUNCTIONS.length);
  expect(watchedBy("AWS/Lambda", name)).toEqual(functions);
});

test("an alarm watches each dead-letter queue, and one the age of what waits in the other", () => {
  const deadLetters = idsOf("AWS::SQS::Queue", (id) => id.includes("DeadLetters"));
  // API Gateway waits for the authorizer's answer, so nothing of it can end in a queue.
  expect(deadLetters).toHaveLength(FUNCTIONS.length - 1);
  expect(watchedBy("AWS/SQS", "ApproximateNumberOfMessagesVisible")).toEqual(deadLetters);
  expect(watchedBy("AWS/SQS", "ApproximateAgeOfOldestMessage")).toEqual(
    idsOf("AWS::SQS::Queue", (id) => !id.includes("DeadLetters")),
  );
});

test("each alarm is raised by the first trouble, or after a quarter of an hour where trials go on", () => {
  for (const properties of alarms) {
    const { MetricName, Threshold, EvaluationPeriods, DatapointsToAlarm, Period } = properties;
    expect(properties).toMatchObject({
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
    });
    expect(properties.AlarmActions).toBeUndefined();
    const expected =
      MetricName === "ApproximateAgeOfOldestMessage"
        ? [Duration.minutes(15).toSeconds(), 1, 1]
        : MetricName === METRIC.refusedFindings
          ? [1, 3, 4]
          : [1, 1, 1];
    expect([Threshold, DatapointsToAlarm, EvaluationPeriods]).toEqual(expected);
    expect(Period).toBeLessThanOrEqual(300);
  }
});
