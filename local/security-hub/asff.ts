/**
 * A finding in the AWS Security Finding Format, as a client sent it: an object that has not been
 * checked.
 */
export type SentFinding = Readonly<Record<string, unknown>>;

type Check = (value: unknown) => string | undefined;

const REQUIRED: Readonly<Record<string, Check>> = {
  SchemaVersion: oneOf(["2018-10-08"]),
  Id: text(512),
  ProductArn: matching(/^arn:aws:securityhub:[a-z0-9-]+:\d{12}:product\/\d{12}\/default$/),
  GeneratorId: text(512),
  AwsAccountId: matching(/^\d{12}$/),
  CreatedAt: timestamp,
  UpdatedAt: timestamp,
  Title: text(256),
  Description: text(1024),
  Resources: resources,
};

const OPTIONAL: Readonly<Record<string, Check>> = {
  Severity: severity,
  Types: types,
  FirstObservedAt: timestamp,
  LastObservedAt: timestamp,
  RecordState: oneOf(["ACTIVE", "ARCHIVED"]),
  VerificationState: oneOf(["UNKNOWN", "TRUE_POSITIVE", "FALSE_POSITIVE", "BENIGN_POSITIVE"]),
  Workflow: inside("Status", oneOf(["NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED"])),
  Confidence: percentage,
  Criticality: percentage,
  CompanyName: text(128),
  ProductName: text(128),
  Remediation: inside("Recommendation", inside("Text", text(512))),
  ProductFields: stringMap(50, 128, 2048),
  UserDefinedFields: stringMap(50, 128, 1024),
  SourceUrl: matching(/^https?:\/\/\S+$/),
};

/** Attributes of the format that are accepted without a check */
const UNCHECKED = [
  "Action AwsAccountName Compliance Detection FindingProviderFields GeneratorDetails Malware Network NetworkPath Note PatchSummary",
  "Process ProcessedAt Region RelatedFindings Sample ThreatIntelIndicators Threats Vulnerabilities WorkflowState",
]
  .join(" ")
  .split(" ");

const NAMESPACES = [
  "Software and Configuration Checks",
  "TTPs",
  "Effects",
  "Unusual Behaviors",
  "Sensitive Data Identifications",
];

/** Bytes */
const LARGEST_FINDING = 240 * 1024;

/**
 * Returns Security Hub's objection to a finding; undefined if it has none. Severity and Types may
 * be in the finding or in its FindingProviderFields. Refuses attributes that the format does not
 * define. Does not check the attributes of UNCHECKED, nor `Resources[].Details` beyond `Other`.
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
 */
export function findFault(
  finding: SentFinding,
  owner: { region: string; accountId: string },
): string | undefined {
  if (Buffer.byteLength(JSON.stringify(finding)) > LARGEST_FINDING)
    return "data should NOT be larger than 240 KB";
  const provider = finding.FindingProviderFields;
  const provided = isObject(provider) ? provider : {};
  const faults = Object.keys(finding)
    .filter(
      (name) => !Object.hasOwn(REQUIRED, name) && !Object.hasOwn(OPTIONAL, name) && !UNCHECKED.includes(name),
    )
    .map((name) => `data should NOT have additional property '${name}'`);
  for (const [name, check] of Object.entries(REQUIRED)) {
    if (finding[name] === undefined) faults.push(`data should have required property '${name}'`);
    else report(faults, name, check(finding[name]));
  }
  for (const name of ["Severity", "Types"]) {
    if (finding[name] === undefined && provided[name] === undefined) {
      faults.push(`data should have required property '${name}'`);
    }
    report(
      faults,
      `FindingProviderFields.${name}`,
      provided[name] === undefined ? undefined : OPTIONAL[name]?.(provided[name]),
    );
  }
  for (const [name, check] of Object.entries(OPTIONAL)) {
    if (finding[name] !== undefined) report(faults, name, check(finding[name]));
  }
  const arn = `arn:aws:securityhub:${owner.region}:${owner.accountId}:product/${owner.accountId}/default`;
  if (finding.ProductArn !== arn)
    faults.push("data.ProductArn should be that of the calling account and Region");
  if (finding.AwsAccountId !== owner.accountId)
    faults.push("data.AwsAccountId should be the calling account");
  return faults.length === 0 ? undefined : faults.join(", ");
}

function report(faults: string[], name: string, fault: string | undefined): void {
  if (fault !== undefined) faults.push(`data.${name} ${fault}`);
}

function text(longest: number): Check {
  return (value) => {
    if (typeof value !== "string") return "should be string";
    if (value.trim() === "") return 'should match pattern ".*\\S.*"';
    return value.length > longest ? `should NOT be longer than ${longest} characters` : undefined;
  };
}

function matching(pattern: RegExp): Check {
  return (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : `should match pattern ${pattern}`;
}

function oneOf(values: readonly string[]): Check {
  return (value) => (values.includes(String(value)) ? undefined : `should be one of ${values.join(", ")}`);
}

function percentage(value: unknown): string | undefined {
  const whole = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100;
  return whole ? undefined : "should be a whole number from 0 to 100";
}

/** RFC 3339 */
function timestamp(value: unknown): string | undefined {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/;
  const valid = typeof value === "string" && form.test(value) && !Number.isNaN(Date.parse(value));
  return valid ? undefined : 'should match format "date-time"';
}

function severity(value: unknown): string | undefined {
  if (!isObject(value)) return "should be object";
  const { Label, Normalized } = value as { Label?: unknown; Normalized?: unknown };
  if (Label === undefined && Normalized === undefined) return "should have Label or Normalized";
  if (Label !== undefined) {
    const fault = oneOf(["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"])(Label);
    if (fault !== undefined) return fault;
  }
  return Normalized === undefined ? undefined : percentage(Normalized);
}

/** `namespace/category/classifier`, the last two optional */
function types(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return "should NOT have fewer than 1 items";
  if (value.length > 50) return "should NOT have more than 50 items";
  const unknownType = value.find((type) => {
    const parts = typeof type === "string" ? type.split("/") : [];
    return (
      parts.length === 0 || parts.length > 3 || !NAMESPACES.includes(parts[0] ?? "") || parts.includes("")
    );
  });
  return unknownType === undefined
    ? undefined
    : `should name a type of a known namespace, not ${JSON.stringify(unknownType)}`;
}

function resources(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return "should NOT have fewer than 1 items";
  if (value.length > 32) return "should NOT have more than 32 items";
  for (const [index, resource] of value.entries()) {
    const { Type, Id, Partition, Details } = (isObject(resource) ? resource : {}) as Record<string, unknown>;
    const other = isObject(Details) ? Details.Other : undefined;
    const fault =
      text(256)(Type) ??
      text(512)(Id) ??
      (Partition === undefined ? undefined : oneOf(["aws", "aws-cn", "aws-us-gov"])(Partition)) ??
      (other === undefined ? undefined : stringMap(50, 128, 1024)(other));
    if (fault !== undefined) return `[${index}] ${fault}`;
  }
  return undefined;
}

function stringMap(most: number, longestKey: number, longestValue: number): Check {
  return (value) => {
    if (!isObject(value)) return "should be object";
    const entries = Object.entries(value);
    if (entries.length > most) return `should NOT have more than ${most} properties`;
    const bad = entries.find(
      ([key, item]) => key.length > longestKey || typeof item !== "string" || item.length > longestValue,
    );
    return bad === undefined
      ? undefined
      : `['${bad[0]}'] should be a string of at most ${longestValue} characters`;
  };
}

function inside(name: string, check: Check): Check {
  return (value) => {
    if (!isObject(value)) return "should be object";
    const fault = value[name] === undefined ? undefined : check(value[name]);
    return fault === undefined ? undefined : `.${name} ${fault}`;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
