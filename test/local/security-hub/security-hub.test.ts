import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import type { StoredFinding } from "../../../local/security-hub/finding-store.ts";
import { type SecurityHub, startSecurityHub } from "../../../local/security-hub/security-hub.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const OWNER = { region: "eu-central-1", accountId: "000000000000" };
let hub: SecurityHub;
let client: SecurityHubClient;

beforeEach(async () => {
  hub = await startSecurityHub(OWNER);
  client = new SecurityHubClient(clientConfig(hub.endpoint));
});
afterEach(async () => {
  client.destroy();
  await hub.close();
});

const finding = (more: Partial<Record<keyof AwsSecurityFinding, unknown>> = {}) =>
  ({
    SchemaVersion: "2018-10-08",
    Id: "finding/1",
    ProductArn: "arn:aws:securityhub:eu-central-1:000000000000:product/000000000000/default",
    GeneratorId: "generator",
    AwsAccountId: "000000000000",
    Types: ["TTPs/Credential Access"],
    CreatedAt: "2026-01-01T10:00:00.000Z",
    UpdatedAt: "2026-01-01T10:00:00.000Z",
    Severity: { Label: "HIGH" },
    Title: "A title",
    Description: "A description",
    Resources: [{ Type: "Other", Id: "user/1" }],
    ...more,
  }) as unknown as AwsSecurityFinding;

const send = (...Findings: AwsSecurityFinding[]) => client.send(new BatchImportFindingsCommand({ Findings }));

test("takes a finding, completes it, and tells who listens", async () => {
  const heard: StoredFinding[] = [];
  const stop = hub.onFinding((stored) => heard.push(stored));
  expect(await send(finding())).toMatchObject({ SuccessCount: 1, FailedCount: 0, FailedFindings: [] });
  expect(hub.findings()).toMatchObject([
    {
      Id: "finding/1",
      Workflow: { Status: "NEW" },
      RecordState: "ACTIVE",
      Severity: { Label: "HIGH", Normalized: 70 },
    },
  ]);
  expect(heard).toEqual(hub.findings());
  stop();
  await send(finding({ Id: "finding/2" }));
  expect(heard).toHaveLength(1);
});

test("severity and types may come from the provider's fields", async () => {
  const FindingProviderFields = { Severity: { Label: "MEDIUM" }, Types: ["Unusual Behaviors/User"] };
  await send(finding({ Severity: undefined, Types: undefined, FindingProviderFields }));
  expect(hub.findings()).toMatchObject([
    { Severity: { Label: "MEDIUM", Normalized: 40 }, Types: ["Unusual Behaviors/User"] },
  ]);
});

test.each([
  [0, "INFORMATIONAL"],
  [39, "LOW"],
  [40, "MEDIUM"],
  [69, "MEDIUM"],
  [70, "HIGH"],
  [90, "CRITICAL"],
])("a normalized severity of %d is %s", async (Normalized, Label) => {
  await send(finding({ Severity: { Normalized } }));
  expect(hub.findings()).toMatchObject([{ Severity: { Label, Normalized } }]);
});

describe("updates", () => {
  test("count only if strictly newer, and are reported as success all the same", async () => {
    await send(finding());
    const same = await send(finding({ Title: "Same moment" }));
    const older = await send(finding({ Title: "Older", UpdatedAt: "2026-01-01T09:59:59Z" }));
    expect([same.SuccessCount, older.SuccessCount]).toEqual([1, 1]);
    expect(hub.findings()).toMatchObject([{ Title: "A title" }]);
    await send(finding({ Title: "Newer", UpdatedAt: "2026-01-01T10:00:00.001Z" }));
    expect(hub.findings()).toMatchObject([{ Title: "Newer" }]);
  });

  test("cannot change what belongs to the analyst", async () => {
    await send(finding({ UserDefinedFields: { a: "1" } }));
    await send(
      finding({
        UpdatedAt: "2026-01-01T11:00:00Z",
        Workflow: { Status: "RESOLVED" },
        Note: { Text: "x", UpdatedBy: "y", UpdatedAt: "2026-01-01T11:00:00Z" },
        UserDefinedFields: { a: "2" },
        VerificationState: "FALSE_POSITIVE",
      }),
    );
    const [stored] = hub.findings();
    expect(stored).toMatchObject({ Workflow: { Status: "NEW" }, UserDefinedFields: { a: "1" } });
    expect(stored).not.toHaveProperty("Note");
    expect(stored).not.toHaveProperty("VerificationState");
  });

  test("that bring an archived finding back start its workflow anew", async () => {
    await send(finding({ RecordState: "ARCHIVED", Workflow: { Status: "SUPPRESSED" } }));
    await send(finding({ UpdatedAt: "2026-01-01T11:00:00Z" }));
    expect(hub.findings()).toMatchObject([{ RecordState: "ACTIVE", Workflow: { Status: "NEW" } }]);
  });
});

describe("what the format does not allow is refused by itself, and named", () => {
  test.each<[string, Partial<Record<keyof AwsSecurityFinding, unknown>>, string]>([
    ...(
      [
        "SchemaVersion",
        "ProductArn",
        "GeneratorId",
        "AwsAccountId",
        "CreatedAt",
        "UpdatedAt",
        "Title",
      ] as const
    ).map((name): [string, object, string] => [`no ${name}`, { [name]: undefined }, `'${name}'`]),
    ["no Description", { Description: undefined }, "'Description'"],
    ["no Severity", { Severity: undefined }, "'Severity'"],
    ["no Types", { Types: undefined }, "'Types'"],
    ["no Resources", { Resources: undefined }, "'Resources'"],
    ["an empty list of resources", { Resources: [] }, "data.Resources"],
    [
      "33 resources",
      { Resources: Array.from({ length: 33 }, () => ({ Type: "Other", Id: "x" })) },
      "32 items",
    ],
    ["a resource without Id", { Resources: [{ Type: "Other" }] }, "data.Resources [0]"],
    ["another schema", { SchemaVersion: "2020-01-01" }, "data.SchemaVersion"],
    ["a title of 257 characters", { Title: "x".repeat(257) }, "256"],
    ["a description of 1,025 characters", { Description: "x".repeat(1025) }, "1024"],
    ["an id of 513 characters", { Id: "x".repeat(513) }, "512"],
    ["a blank title", { Title: "  " }, "data.Title"],
    ["a time without zone", { UpdatedAt: "2026-01-01T10:00:00" }, "date-time"],
    ["a day that does not exist", { CreatedAt: "2026-13-01T10:00:00Z" }, "date-time"],
    ["an unknown severity", { Severity: { Label: "SEVERE" } }, "data.Severity"],
    ["a severity of nothing", { Severity: {} }, "Label or Normalized"],
    ["a severity of 101", { Severity: { Normalized: 101 } }, "0 to 100"],
    ["a type of no namespace", { Types: ["Zero Trust/Risk"] }, "namespace"],
    ["a type of four parts", { Types: ["TTPs/a/b/c"] }, "namespace"],
    ["no types in the list", { Types: [] }, "data.Types"],
    ["someone else's account", { AwsAccountId: "111111111111" }, "calling account"],
    [
      "someone else's product",
      { ProductArn: "arn:aws:securityhub:eu-central-1:111111111111:product/111111111111/default" },
      "data.ProductArn",
    ],
    ["a product of no form", { ProductArn: "arn:aws:securityhub:::product/x" }, "data.ProductArn"],
    ["a long recommendation", { Remediation: { Recommendation: { Text: "x".repeat(513) } } }, "512"],
    [
      "51 product fields",
      { ProductFields: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
      "50",
    ],
    ["an unknown record state", { RecordState: "OPEN" }, "data.RecordState"],
    ["an unknown workflow status", { Workflow: { Status: "OPEN" } }, "data.Workflow"],
    ["more than 240 KB", { Resources: bulk() }, "240 KB"],
  ])("%s", async (_, more, says) => {
    const output = await send(finding({ Id: "good" }), finding(more));
    expect(output).toMatchObject({ SuccessCount: 1, FailedCount: 1 });
    expect(output.FailedFindings).toMatchObject([{ ErrorCode: "InvalidInput" }]);
    expect(output.FailedFindings?.[0]?.ErrorMessage).toContain(says);
    expect(hub.findings().map(({ Id }) => Id)).toEqual(["good"]);
  });

  test("an attribute that the format does not have", async () => {
    const response = await fetch(`${hub.endpoint}/findings/import`, {
      method: "POST",
      body: JSON.stringify({ Findings: [{ ...finding(), Titel: "x" }] }),
    });
    expect(await response.json()).toMatchObject({ FailedCount: 1, FailedFindings: [{ Id: "finding/1" }] });
  });
});

/** Resources that are in order each, and too much together. */
function bulk(): unknown {
  const Other = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`k${index}`, "x".repeat(1000)]));
  return Array.from({ length: 30 }, (_, index) => ({ Type: "Other", Id: `r${index}`, Details: { Other } }));
}

describe("whole calls fail", () => {
  test("with more than 100 findings, with none, and with no JSON", async () => {
    const many = Array.from({ length: 101 }, (_, index) => finding({ Id: `finding/${index}` }));
    await expect(send(...many)).rejects.toMatchObject({ name: "InvalidInputException" });
    await expect(send()).rejects.toMatchObject({ name: "InvalidInputException" });
    const response = await fetch(`${hub.endpoint}/findings/import`, { method: "POST", body: "{" });
    expect(response.status).toBe(400);
    expect(hub.findings()).toEqual([]);
    expect((await send(...many.slice(0, 100))).SuccessCount).toBe(100);
  });

  test("when throttled, for as many calls as said", async () => {
    hub.throttleNext(1);
    await expect(send(finding())).rejects.toMatchObject({ name: "LimitExceededException" });
    expect((await send(finding())).SuccessCount).toBe(1);
  });

  test("where Security Hub is not enabled", async () => {
    hub.disable();
    await expect(send(finding())).rejects.toMatchObject({ name: "InvalidAccessException" });
    hub.enable();
    expect((await send(finding())).SuccessCount).toBe(1);
  });

  test("on any other path", async () => {
    expect((await fetch(`${hub.endpoint}/findings`, { method: "POST" })).status).toBe(404);
  });
});

test("refuses as many findings as said, by themselves", async () => {
  hub.refuseNext(1, "ThrottlingException");
  const output = await send(finding(), finding({ Id: "finding/2" }));
  expect(output.FailedFindings).toMatchObject([{ Id: "finding/1", ErrorCode: "ThrottlingException" }]);
  expect(hub.findings().map(({ Id }) => Id)).toEqual(["finding/2"]);
});
