import { randomBytes } from "node:crypto";
import { createAccessBusClient, createPublishAccessEvent } from "../../aws/access-bus.ts";
import { createReadRiskState, createRiskTableClient } from "../../aws/risk-table.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { openCountryLocator } from "../locate.ts";
import { createTelemetry } from "../telemetry.ts";
import { startAfterResponse } from "./after-response.ts";
import { authorize, faulty, type Judgement } from "./authorize.ts";
import { withinDeadline } from "./deadline.ts";
import { describeJudgement } from "./describe-judgement.ts";
import { trustIssuers } from "./issuers.ts";
import { createKeySets } from "./key-sets.ts";
import { renderResponse } from "./render-response.ts";
import { messageOf, report } from "./report.ts";
import { readDeployment } from "./settings.ts";

const telemetry = createTelemetry(SERVICE.authorizer);
const { settings, policies, tableName, eventBusName, folder } = readDeployment(process.env);
const keySets = createKeySets({
  now: Date.now,
  onFailure: (uri, error) => {
    telemetry.measure({ name: METRIC.keySetFailures, value: 1, unit: "Count" });
    telemetry.logger.error("keys could not be fetched", { uri, error: messageOf(error) });
  },
});
const issuers = trustIssuers(settings.issuers, keySets);
const publish = createPublishAccessEvent(createAccessBusClient(), eventBusName);
const ports = {
  now: Date.now,
  issuers,
  readRiskState: createReadRiskState(createRiskTableClient(), tableName),
  ask: createPolicyEngine(policies),
  ...(settings.geo === "database" && { locate: openCountryLocator(folder) }),
};
const options = { ...settings, segments: policies.segments };
// The keys are on their way while init goes on; the first request waits for what is left, and tries again on failure.
for (const issuer of issuers.values()) issuer.prepare().catch(() => undefined);
const afterResponse = await startAfterResponse({
  runtimeApi: process.env.AWS_LAMBDA_RUNTIME_API,
  onFallback: (why) =>
    telemetry.logger.warn("events are published before the response", { why: messageOf(why) }),
});

interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The Lambda authorizer: any fault or delay in judging becomes a denial with a reason. */
export const handler = async (event: unknown, context: InvocationContext) => {
  const judgement = await judge(event, context);
  const decisionId = randomBytes(16).toString("base64url");
  const { facts, accessEvent } = describeJudgement(judgement, settings.deviceClaimCap, decisionId);
  await afterResponse.defer(context.awsRequestId, (budget) =>
    report(judgement, accessEvent, budget, publish, telemetry),
  );
  return renderResponse(judgement, facts);
};

async function judge(event: unknown, context: InvocationContext): Promise<Judgement> {
  try {
    const judged = await withinDeadline(authorize(event, ports, options), context.getRemainingTimeInMillis());
    return judged ?? faulty(event, "deadline-exceeded", settings.geo, Date.now);
  } catch (error) {
    telemetry.logger.error("judging failed", { error: messageOf(error) });
    return faulty(event, "internal-fault", settings.geo, Date.now);
  }
}
