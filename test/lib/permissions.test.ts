import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import {
  ATTACHMENTS_PARTITION,
  DRIFT_PARTITION,
  devicePartition,
  keyPartition,
  NONCE_PARTITION,
  sessionPartition,
  userPartition,
} from "../../contract/table.ts";
import { bundleSource } from "../../lib/functions/bundle-source.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { resourcesOf, synthesize } from "../support/lib/synthesize.ts";

const SERVICE_PREFIX: Readonly<Record<string, string>> = {
  dynamodb: "dynamodb",
  eventbridge: "events",
  securityhub: "securityhub",
  sqs: "sqs",
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const { core, demo } = synthesize({ demo: true });

/** Each role's statements, by the construct that the role belongs to. */
function statementsOf(template: Template): Record<string, Statement[]> {
  const policies = Object.values(resourcesOf(template, "AWS::IAM::Policy"));
  const found: Record<string, Statement[]> = {};
  for (const { Properties } of policies) {
    for (const { Ref } of Properties.Roles) {
      const owner = /(Authorizer|Scorer|Findings|Backend)/.exec(Ref)?.[0] ?? Ref;
      found[owner] = [...(found[owner] ?? []), ...Properties.PolicyDocument.Statement];
    }
  }
  return found;
}

const actionsOf = (statements: Statement[] = []) => statements.flatMap(({ Action }) => Action).toSorted();

const coreStatements = statementsOf(core);
const demoStatements = statementsOf(Template.fromStack(demo!));
const LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"];

test.each([
  ["Authorizer", ["dynamodb:BatchGetItem", "dynamodb:PutItem", "events:PutEvents", ...LOGS]],
  ["Scorer", ["dynamodb:GetItem", "dynamodb:PutItem", ...LOGS, "sqs:SendMessage", "sqs:SendMessage"]],
  [
    "Findings",
    [
      ...LOGS,
      "securityhub:BatchImportFindings",
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ],
  ],
])("%s may do just this", (owner, actions) => {
  // The scorer sends to the findings queue and, as Lambda asks of it, to its own dead-letter queue.
  expect(actionsOf(coreStatements[owner])).toEqual([...new Set(actions)].toSorted());
});

test.each(["authorizer", "scorer", "findings"])(
  "%s may do all that its code asks of AWS, and no more of it",
  (name) => {
    const { inputs } = bundleSource(join(PACKAGE_ROOT, "lambda", name, "handler.ts"));
    const adapters = Object.keys(inputs).filter((path) => /(^|\/)aws\/[\w-]+\.ts$/.test(path));
    const called = adapters.flatMap((path) => {
      const code = readFileSync(path, "utf8");
      const service = SERVICE_PREFIX[/@aws-sdk\/client-([\w-]+)/.exec(code)?.[1] ?? ""];
      return [...code.matchAll(/new (\w+)Command\b/g)].map(([, command]) => `${service}:${command}`);
    });
    const owner = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    // Lambda itself writes logs, polls the queue and fills the dead-letter queue in the role's name.
    const byLambda = /^(logs:|sqs:(?!SendMessage))/;
    const granted = actionsOf(coreStatements[owner]).filter((action) => !byLambda.test(action));
    expect([...new Set(called)].toSorted()).toEqual([...new Set(granted)]);
  },
);

test("there are no other roles", () => {
  expect(Object.keys(coreStatements).toSorted()).toEqual(["Authorizer", "Findings", "Scorer"]);
  expect(actionsOf(demoStatements.Backend)).toEqual(LOGS);
  expect(Object.keys(demoStatements)).toEqual(["Backend"]);
});

test("the scorer touches user items alone", () => {
  const statement = coreStatements.Scorer?.find(({ Action }) => JSON.stringify(Action).includes("dynamodb"));
  expect(statement?.Condition).toEqual({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["USER#*"] } });
});

describe("the authorizer reads what it decides by", () => {
  const [read] = (coreStatements.Authorizer ?? []).filter(({ Action }) => Action === "dynamodb:BatchGetItem");
  const condition = read?.Condition as
    | { readonly "ForAllValues:StringLike": Readonly<Record<string, readonly string[]>> }
    | undefined;
  const keys = condition?.["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] ?? [];
  const mayRead = (partition: string): boolean =>
    keys.some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "s").test(partition));

  test.each([
    userPartition({ issuer: "https://id.example", subject: "ann" }),
    sessionPartition("https://id.example", "s1"),
    devicePartition("laptop-7"),
    keyPartition("thumbprint"),
    NONCE_PARTITION,
  ])("%s", (partition) => {
    expect(mayRead(partition)).toBe(true);
  });

  test.each([ATTACHMENTS_PARTITION, DRIFT_PARTITION])("not %s", (partition) => {
    expect(mayRead(partition)).toBe(false);
  });
});

test("the authorizer writes used proofs alone", () => {
  const statements = coreStatements.Authorizer ?? [];
  expect(statements.filter(({ Action }) => JSON.stringify(Action).includes("PutItem"))).toEqual([
    expect.objectContaining({
      Action: "dynamodb:PutItem",
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["PROOF#*"] } },
    }),
  ]);
});

test("findings go to the account's own product and nowhere else", () => {
  const statement = coreStatements.Findings?.find(
    ({ Action }) => Action === "securityhub:BatchImportFindings",
  );
  expect(JSON.stringify(statement?.Resource)).toMatch(/:securityhub:.*:product\/.*AWS::AccountId.*\/default/);
});

test("no statement allows a wildcard action or resource, and no managed policy is attached", () => {
  for (const template of [core, Template.fromStack(demo!)]) {
    for (const statement of Object.values(statementsOf(template)).flat()) {
      expect(statement.Effect).toBe("Allow");
      expect(JSON.stringify(statement.Action)).not.toContain("*");
      expect(JSON.stringify(statement.Resource)).not.toContain("*");
    }
    for (const { Properties } of Object.values(resourcesOf(template, "AWS::IAM::Role"))) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toBeUndefined();
    }
  }
});

test("only AWS services of this account may invoke functions, each for one source", () => {
  for (const template of [core, Template.fromStack(demo!)]) {
    for (const { Properties } of Object.values(resourcesOf(template, "AWS::Lambda::Permission"))) {
      expect(["apigateway.amazonaws.com", "events.amazonaws.com"]).toContain(Properties.Principal);
      expect(Properties.SourceArn).toBeDefined();
    }
  }
});
