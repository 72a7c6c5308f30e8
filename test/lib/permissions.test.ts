import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BatchGetItemCommand } from "@aws-sdk/client-dynamodb";
import { Template } from "aws-cdk-lib/assertions";
import { createReadRiskState } from "../../aws/dynamodb/risk-table.ts";
import { SERVICE } from "../../contract/service.ts";
import {
  ATTACHMENTS_PARTITION,
  DRIFT_PARTITION,
  devicePartition,
  keyPartition,
  NONCE_PARTITION,
  proofPartition,
  registryPartition,
  riskPartition,
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
const FUNCTIONS = Object.keys(SERVICE);
/** The construct of a function in SallyportCore. */
const constructOf = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;
const OWNER = new RegExp([...FUNCTIONS.map(constructOf), "Backend"].join("|"));

/** Each role's statements, by the construct that the role belongs to. */
function statementsOf(template: Template): Record<string, Statement[]> {
  const policies = Object.values(resourcesOf(template, "AWS::IAM::Policy"));
  const found: Record<string, Statement[]> = {};
  for (const { Properties } of policies) {
    for (const { Ref } of Properties.Roles) {
      const owner = OWNER.exec(Ref)?.[0] ?? Ref;
      found[owner] = [...(found[owner] ?? []), ...Properties.PolicyDocument.Statement];
    }
  }
  return found;
}

const actionsOf = (statements: Statement[] = []) => statements.flatMap(({ Action }) => Action).toSorted();

const coreStatements = statementsOf(core);
const demoStatements = statementsOf(Template.fromStack(demo!));
const USER = { issuer: "https://id.example", subject: "ann" };
const LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"];

test.each([
  ["Authorizer", ["dynamodb:BatchGetItem", "dynamodb:PutItem", "events:PutEvents", ...LOGS]],
  ["Scorer", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", ...LOGS, "sqs:SendMessage"]],
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
  expect([...new Set(actionsOf(coreStatements[owner]))]).toEqual(actions.toSorted());
});

// What the drift check may do at API Gateway's control plane is a separate list, which
// drift-function.test.ts holds.
test.each(FUNCTIONS.filter((name) => name !== "drift"))(
  "%s may do all that its code asks of AWS, and no more of it",
  (name) => {
    const { inputs } = bundleSource(join(PACKAGE_ROOT, "lambda", name, "handler.ts"));
    const adapters = Object.keys(inputs).filter((path) => /(^|\/)aws\/[\w/-]+\.ts$/.test(path));
    const called = adapters.flatMap((path) => {
      const code = readFileSync(path, "utf8");
      const service = SERVICE_PREFIX[/@aws-sdk\/client-([\w-]+)/.exec(code)?.[1] ?? ""];
      return [...code.matchAll(/new (\w+)Command\b/g)].map(([, command]) => `${service}:${command}`);
    });
    // Lambda itself writes logs, polls the queue and fills the dead-letter queue in the role's
    // name.
    const byLambda = /^(logs:|sqs:(?!SendMessage))/;
    const byCode = coreStatements[constructOf(name)]?.filter(
      ({ Resource }) => ![Resource].flat().every((one) => JSON.stringify(one).includes("DeadLetters")),
    );
    const granted = actionsOf(byCode).filter((action) => !byLambda.test(action));
    expect([...new Set(called)].toSorted()).toEqual([...new Set(granted)]);
  },
);

test("there are roles for the functions and for nothing else", () => {
  expect(Object.keys(statementsOf(synthesize({ driftMinutes: 60 }).core)).toSorted()).toEqual(
    FUNCTIONS.map(constructOf).toSorted(),
  );
  expect(actionsOf(demoStatements.Backend)).toEqual(LOGS);
  expect(Object.keys(demoStatements)).toEqual(["Backend"]);
});

/** One key of each kind of item, under the names that its writer goes by. */
const KEYS: Readonly<Record<string, string>> = {
  "restriction of a user": userPartition(USER),
  "restriction of a session": sessionPartition(USER.issuer, "s1"),
  "restriction of a device": devicePartition("laptop-7"),
  "retirement of a key": keyPartition("thumbprint"),
  risk: riskPartition(USER),
  registration: registryPartition("laptop-7"),
  proof: proofPartition("thumbprint"),
  "nonce secret": NONCE_PARTITION,
  attachment: ATTACHMENTS_PARTITION,
  "ledger of drift": DRIFT_PARTITION,
};
const WRITES = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate"];
const READS = ["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"];

type LeadingKeys = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * Whether the statements allow an action on items of all these partitions in one request, by
 * `dynamodb:LeadingKeys` alone. Throws for an operator, a condition key or an effect that it does
 * not know.
 */
function allows(statements: readonly Statement[], action: string, partitions: readonly string[]): boolean {
  return statements.some(({ Effect, Action, Condition }) => {
    if (Effect !== "Allow") throw new Error(`the effect ${Effect} is not known here`);
    if (![Action].flat().includes(`dynamodb:${action}`)) return false;
    return Object.entries((Condition ?? {}) as LeadingKeys).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => {
        if (key !== "dynamodb:LeadingKeys") throw new Error(`the condition key ${key} is not known here`);
        const matchers = [values].flat().map((value) => matcherOf(operator, value));
        return partitions.every((partition) => matchers.some((matches) => matches(partition)));
      }),
    );
  });
}

function matcherOf(operator: string, value: string): (text: string) => boolean {
  if (operator === "ForAllValues:StringEquals") return (text) => text === value;
  if (operator !== "ForAllValues:StringLike") throw new Error(`the operator ${operator} is not known here`);
  const pattern = value
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const like = new RegExp(`^${pattern}$`, "s");
  return (text) => like.test(text);
}

const drifting = statementsOf(synthesize({ driftMinutes: 60 }).core);
const kinds = (statements: readonly Statement[] | undefined, actions: readonly string[]) =>
  Object.keys(KEYS).filter((kind) =>
    actions.some((action) => allows(statements ?? [], action, [KEYS[kind] ?? ""])),
  );

/**
 * What a function may write and read in the table; one that is not named here may touch nothing in
 * it.
 */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  Scorer: ["risk"],
  Authorizer: ["proof", "nonce secret"],
  Drift: ["ledger of drift"],
};
const READ: Readonly<Record<string, readonly string[]>> = {
  Scorer: ["restriction of a user", "risk"],
  Authorizer: [
    "restriction of a user",
    "restriction of a session",
    "restriction of a device",
    "retirement of a key",
    "risk",
    "registration",
    "nonce secret",
  ],
  Drift: ["attachment", "ledger of drift"],
};
const owned = (table: typeof READ) =>
  FUNCTIONS.map(constructOf).map((owner) => [owner, table[owner] ?? []] as const);

describe("IAM tells writers apart by partition key", () => {
  test.each(owned(WRITTEN))("%s may write nothing but %j", (owner, written) => {
    expect(kinds(drifting[owner], WRITES)).toEqual(written);
  });

  test.each(owned(READ))("%s may read nothing but %j", (owner, read) => {
    expect(kinds(drifting[owner], READS)).toEqual(read);
  });

  test("no issuer, subject, session or device can be named so that its key falls into another writer's partitions", () => {
    const names = ["RISK#", "x|RISK#", "../RISK#*", "PROOF#NONCE", "\nRISK#"];
    const restrictions = names.flatMap((name) => [
      userPartition({ issuer: "https://id.example", subject: name }),
      sessionPartition("https://id.example", name),
      devicePartition(name),
      registryPartition(name),
    ]);
    for (const owner of ["Scorer", "Authorizer"]) {
      for (const partition of restrictions) {
        for (const action of WRITES) {
          expect([owner, partition, allows(drifting[owner] ?? [], action, [partition])]).toEqual([
            owner,
            partition,
            false,
          ]);
        }
      }
    }
  });
});

test("the authorizer may read all that it decides by in one BatchGetItem, and nothing else beside it", async () => {
  const asked: string[] = [];
  const send = async ({ input }: BatchGetItemCommand) => {
    asked.push(...(input.RequestItems?.risk?.Keys ?? []).map(({ pk }) => pk?.S ?? ""));
    return { Responses: { risk: [] } };
  };
  const subjects = { user: USER, sessionId: "s1", deviceId: "laptop-7", keys: ["thumbprint"] };
  await createReadRiskState({ send } as never, "risk")(subjects, 1);
  // Each key is one read unit: it is read strongly consistent, and items have less than 4 KB.
  expect(asked).toHaveLength(7);
  const statements = coreStatements.Authorizer ?? [];
  expect(allows(statements, "BatchGetItem", asked)).toBe(true);
  expect(allows(statements, "BatchGetItem", [...asked, ATTACHMENTS_PARTITION])).toBe(false);
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
