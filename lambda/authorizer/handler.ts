import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createAccessBusClient, createPublishAccessEvent } from "../../aws/access-bus.ts";
import { readSecret } from "../../aws/client-secret.ts";
import { createReadNonceSecret, createRememberProof } from "../../aws/dynamodb/proof-store.ts";
import { createReadRiskState, createRiskTableClient } from "../../aws/dynamodb/risk-table.ts";
import { SERVICE } from "../../contract/service.ts";
import type { IssuerSettings } from "../../contract/settings.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { createFetchDocument } from "../../verification/keys/fetch-document.ts";
import { createIssuerKeys } from "../../verification/keys/key-sets.ts";
import { proofVerifier } from "../../verification/proof/verify-proofs.ts";
import { createIntrospection } from "../../verification/token/introspection.ts";
import { createTokenCache } from "../../verification/token/token-cache.ts";
import { trustIssuers } from "../../verification/token/trusted-issuers.ts";
import type { TokenVerifier } from "../../verification/token/verify-token.ts";
import { openCountryLocator } from "../locate.ts";
import { createTelemetry } from "../telemetry.ts";
import { authorize } from "./authorize.ts";
import { describeResult } from "./describe-result.ts";
import { startExtension } from "./extension.ts";
import { renderResponse } from "./render-response.ts";
import { messageOf, report } from "./report.ts";
import { reportKeys } from "./report-keys.ts";
import { readDeployment } from "./settings.ts";

/** Milliseconds */
const LONGEST_WAIT_FOR_KEYS = 1000;
/**
 * Milliseconds that an environment is held after a response for a refresh that has started, so that
 * it does not freeze halfway.
 */
const LONGEST_WAIT_FOR_REFRESH = 250;
/**
 * Milliseconds of the function's time that the decision leaves to rendering, and to publishing
 * before the response.
 */
const RESERVE = 700;

const telemetry = createTelemetry(SERVICE.authorizer);
const { settings, policies, digests, tableName, eventBusName, folder, extraAuthority } = readDeployment(
  process.env,
);
const fetchDocument = createFetchDocument(settings.network, extraAuthority);
const issuers = trustIssuers(settings.issuers, (issuer, { keysOptional }) =>
  createIssuerKeys(issuer, { now: Date.now, fetchDocument, keysOptional, ...reportKeys(telemetry) }),
);
const introspecting = settings.issuers.find(({ introspection }) => introspection !== undefined);
const publish = createPublishAccessEvent(createAccessBusClient(), eventBusName);
const tableClient = createRiskTableClient();
const ports = {
  now: Date.now,
  newDecisionId: () => randomBytes(16).toString("base64url"),
  verifier: { issuers, cache: createTokenCache(), ...opaqueTokensOf(introspecting) },
  proofs: proofVerifier(
    settings,
    createRememberProof(tableClient, tableName, Date.now),
    createReadNonceSecret(tableClient, tableName),
  ),
  readRiskState: createReadRiskState(tableClient, tableName),
  ask: createPolicyEngine(policies),
  ...(settings.geo === "database" && { locate: openCountryLocator(folder) }),
  onFault: (error: unknown) => telemetry.logger.error("the decision failed", { error: messageOf(error) }),
};
const options = { ...settings, segments: policies.segments, digests };
// Init waits for the keys, but not for long: an environment that is frozen right after it would
// wake to a dead connection. An issuer of opaque tokens may publish no keys; they are fetched when
// a JWT of it first asks for them.
const signing = [...issuers.values()].filter((issuer) => issuer !== ports.verifier.opaque?.issuer);
const keys = Promise.all(signing.map((issuer) => issuer.keys.prepare()));
await Promise.race([keys, sleep(LONGEST_WAIT_FOR_KEYS, undefined, { ref: false })]);
const extension = await startExtension({
  runtimeApi: process.env.AWS_LAMBDA_RUNTIME_API,
  // After a moment in which a response that is ready can still leave.
  onLost: () => setTimeout(() => process.exit(1), 300),
  onFallback: (why) =>
    telemetry.logger.warn("events are published before the response", { why: messageOf(why) }),
});

/** How tokens are verified that are no JWT, where an issuer has such. */
function opaqueTokensOf(settings: IssuerSettings | undefined): Pick<TokenVerifier, "opaque"> {
  const issuer = settings && issuers.get(settings.issuer);
  if (issuer === undefined || settings?.introspection === undefined) return {};
  const { introspection } = settings;
  const secrets = {
    port: process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  };
  const { onIntrospectionFailure, onIntrospectionLimited } = reportKeys(telemetry);
  const introspect = createIntrospection(settings.issuer, introspection, {
    fetchDocument,
    clientSecret: () => readSecret(introspection.clientSecretArn, secrets),
    onFailure: onIntrospectionFailure,
    onLimited: onIntrospectionLimited,
    now: Date.now,
  });
  return { opaque: { issuer, introspect } };
}

interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The Lambda authorizer: a fault or a delay becomes a denial with a reason. */
export const handler = async (event: unknown, context: InvocationContext) => {
  const remaining = () => context.getRemainingTimeInMillis() - RESERVE;
  const result = await authorize(event, { ...ports, remaining }, options);
  await extension.defer(context.awsRequestId, async (budget) => {
    const began = Date.now();
    const refreshed = Promise.all([...issuers.values()].map(({ keys }) => keys.settled()));
    await report(result, describeResult(result), budget, publish, telemetry);
    const wait = Math.min(budget - (Date.now() - began), LONGEST_WAIT_FOR_REFRESH);
    await Promise.race([refreshed, sleep(Math.max(0, wait), undefined, { ref: false })]);
  });
  return renderResponse(result);
};
