import type { Digest } from "../digest.ts";
import {
  clip,
  type FindingOrigin,
  type FindingResource,
  partitionOf,
  productArn,
  type SecurityFinding,
} from "../risk/security-finding.ts";
import type { DriftLedger, DriftNews } from "./drift-ledger.ts";
import { keyOf } from "./drift-ledger.ts";
import type { DriftKind } from "./drift-problem.ts";

const TITLES: Readonly<Record<DriftKind, string>> = {
  "api-gone": "An attached API is gone",
  "authorizer-gone": "An attached API has lost its authorizer",
  "authorizer-changed": "The authorizer of an attached API was changed",
  "verdicts-cached": "API Gateway caches verdicts on an attached API",
  "route-unguarded": "A route of an attached API is open",
  "route-diverted": "A route of an attached API uses another authorizer",
  "stage-not-redeployed": "A stage of an attached API is open",
  "foreign-canary": "A canary of an attached API may not be guarded",
  "responses-cached": "Responses of an attached API are cached",
  "enforcement-changed": "The enforcement mode of an attached API was changed",
  "endpoint-beside-mutual-tls": "An attached API can be called without its client certificates",
  "run-not-ended": "A run of sallyport attach has not ended",
};

const TYPES = ["Software and Configuration Checks/AWS Security Best Practices"];

/**
 * Describes a problem of an attached API as a finding; a resolved problem's finding is archived as
 * passed. One problem of one API has one finding, also when it returns. Pure.
 * @param at Milliseconds since 1970; of two findings with the same Id, Security Hub keeps the later
 */
export function describeDrift(
  { problem, since, over }: DriftNews,
  api: Pick<DriftLedger, "address" | "kind" | "name">,
  origin: FindingOrigin,
  at: number,
  digest: Digest,
): SecurityFinding {
  const { address, name } = api;
  const severity = { Label: problem.severity, Original: problem.kind };
  const title = `${TITLES[problem.kind]}: ${name || address.apiId}`;
  const time = new Date(at).toISOString();
  return {
    SchemaVersion: "2018-10-08",
    Id: `sallyport/api/${address.accountId}/${address.region}/${address.apiId}/${digest(keyOf(problem))}`,
    ProductArn: productArn(origin),
    ProductName: "Sallyport",
    CompanyName: "Sallyport",
    GeneratorId: `sallyport/drift/${problem.kind}`,
    AwsAccountId: origin.accountId,
    Types: [...TYPES],
    CreatedAt: since,
    UpdatedAt: time,
    FirstObservedAt: since,
    LastObservedAt: time,
    Severity: severity,
    FindingProviderFields: { Severity: severity, Types: [...TYPES] },
    Title: clip(title, 256),
    Description: clip(
      `${over ? "Resolved: " : ""}API ${clip(name, 128)} (${address.apiId}). ${problem.says}`,
      1024,
    ),
    Remediation: { Recommendation: { Text: clip(problem.remedy, 512) } },
    ProductFields: {
      "sallyport/drift": problem.kind,
      "sallyport/subject": clip(problem.subject, 1024) || "api",
      "sallyport/api": address.apiId,
    },
    Resources: [resourceOf(api, origin.partition)],
    Compliance: { Status: over ? "PASSED" : "FAILED" },
    RecordState: over ? "ARCHIVED" : "ACTIVE",
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html */
function resourceOf(
  { address, kind }: Pick<DriftLedger, "address" | "kind">,
  partition: string,
): FindingResource {
  const { region, apiId } = address;
  const rest = kind === "rest";
  return {
    Type: rest ? "AwsApiGatewayRestApi" : "AwsApiGatewayV2Api",
    Id: `arn:${partition}:apigateway:${region}::/${rest ? "restapis" : "apis"}/${apiId}`,
    ...partitionOf(partition),
    Region: region,
  };
}
