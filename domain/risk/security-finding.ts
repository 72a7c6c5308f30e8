/**
 * A finding in the AWS Security Finding Format, with the fields that this product sets.
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */
export interface SecurityFinding {
  SchemaVersion: "2018-10-08";
  Id: string;
  ProductArn: string;
  ProductName: "Sallyport";
  CompanyName: "Sallyport";
  GeneratorId: string;
  AwsAccountId: string;
  Types: string[];
  /** ISO 8601 in UTC, as are all times here */
  CreatedAt: string;
  UpdatedAt: string;
  FirstObservedAt: string;
  LastObservedAt: string;
  Severity: { Label: SeverityLabel; Original: string };
  FindingProviderFields: { Severity: { Label: SeverityLabel; Original: string }; Types: string[] };
  Title: string;
  Description: string;
  Remediation: { Recommendation: { Text: string } };
  ProductFields: Record<string, string>;
  Resources: FindingResource[];
  /** Present for a configuration check, which passes or fails; absent for a user's behaviour */
  Compliance?: { Status: "PASSED" | "FAILED" };
  /** `ARCHIVED`: the problem is resolved */
  RecordState: "ACTIVE" | "ARCHIVED";
}

/**
 * An API's end user is not an AWS principal, so the only resource type in the format is `Other`.
 */
export type FindingResourceType = "Other" | "AwsApiGatewayRestApi" | "AwsApiGatewayV2Api";

export interface FindingResource {
  Type: FindingResourceType;
  Id: string;
  Partition?: "aws" | "aws-cn" | "aws-us-gov";
  Region?: string;
  Details?: { Other: Record<string, string> };
}

export type SeverityLabel = "LOW" | "MEDIUM" | "HIGH";

/**
 * The account that imports the finding into Security Hub, as a finding of the account's default
 * product.
 */
export interface FindingOrigin {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** Sends a finding to the queue; resolves when the queue has accepted it. */
export type QueueFinding = (finding: SecurityFinding) => Promise<void>;

/** A finding that Security Hub did not import, and why. */
export interface FailedFinding {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** Imports one batch and resolves to those that failed. Rejects if the call as a whole failed. */
export type ImportBatch = (findings: readonly SecurityFinding[]) => Promise<readonly FailedFinding[]>;

export const productArn = ({ partition, region, accountId }: FindingOrigin): string =>
  `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`;

export function partitionOf(partition: string): Pick<FindingResource, "Partition"> {
  const known = (["aws", "aws-cn", "aws-us-gov"] as const).find((name) => name === partition);
  return known === undefined ? {} : { Partition: known };
}

/**
 * Removes control and direction characters and cuts to a number of characters, never inside a
 * surrogate pair.
 */
export function clip(text: string, most: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "");
  if (plain.length <= most) return plain;
  return `${plain.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}\u2026`;
}
