import fc from "fast-check";
import { answerPutEvents } from "../../local/eventbridge/put-events.ts";
import { findFault } from "../../local/security-hub/asff.ts";
import { type SecurityHub, startSecurityHub } from "../../local/security-hub/security-hub.ts";
import { type Queues, startQueues } from "../../local/sqs/queues.ts";

const OWNER = { region: "eu-central-1", accountId: "000000000000" };
const strange = fc.oneof(fc.jsonValue(), fc.constantFrom("constructor", "__proto__", "x".repeat(3000)));
let hub: SecurityHub;
let queues: Queues;

beforeAll(async () => {
  hub = await startSecurityHub(OWNER);
  queues = await startQueues(OWNER);
});
afterAll(async () => {
  await hub.close();
  await queues.close();
});

test("no finding, however odd, goes past the check with an exception", () => {
  const names = [
    "Id",
    "Severity",
    "Types",
    "Resources",
    "Workflow",
    "ProductFields",
    "Remediation",
    "UpdatedAt",
  ];
  const finding = fc.dictionary(fc.constantFrom(...names, "FindingProviderFields", "constructor"), strange);
  fc.assert(
    fc.property(finding, (odd) => {
      expect(typeof findFault(odd, OWNER)).toBe("string");
    }),
  );
});

test("no list of entries, however odd, makes PutEvents throw or take what it cannot read", () => {
  const names = ["Source", "DetailType", "Detail", "Time", "Resources", "EventBusName"];
  const entry = fc.oneof(strange, fc.dictionary(fc.constantFrom(...names), strange));
  const published: unknown[] = [];
  const port = {
    names: new Set(["default"]),
    publish: (_: string, event: object) => {
      published.push(event);
      return { id: "1" } as never;
    },
  };
  fc.assert(
    fc.property(fc.oneof(strange, fc.record({ Entries: fc.array(entry) })), (body) => {
      const { status } = answerPutEvents("AWSEvents.PutEvents", JSON.stringify(body), port);
      expect([200, 400]).toContain(status);
    }),
  );
  for (const event of published)
    expect(event).toMatchObject({ source: expect.any(String), detail: expect.any(Object) });
});

test("the endpoints answer whatever they are sent, and stay up", async () => {
  const actions = [
    "SendMessage",
    "ReceiveMessage",
    "DeleteMessageBatch",
    "GetQueueAttributes",
    "constructor",
    "",
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...actions), strange, async (action, body) => {
      const sqs = await fetch(queues.endpoint, {
        method: "POST",
        headers: { "x-amz-target": `AmazonSQS.${action}` },
        body: JSON.stringify(body),
      });
      const imported = await fetch(`${hub.endpoint}/findings/import`, {
        method: "POST",
        body: JSON.stringify({ Findings: body }),
      });
      expect(sqs.status).toBe(400);
      expect([200, 400]).toContain(imported.status);
    }),
    { numRuns: 60 },
  );
  expect(hub.findings()).toEqual([]);
});
