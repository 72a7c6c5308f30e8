import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resourcesOf, synthesize } from "../../support/lib/synthesize.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/dead-letters.md"), "utf8");
const { core } = synthesize({ driftMinutes: 60 });

/** Parts of the stack that have a resource whose logical id goes on like this. */
const partsWith = (type: string, rest: string): string[] =>
  Object.keys(resourcesOf(core, type))
    .flatMap((id) => new RegExp(`^Core(\\w+)${rest}[0-9A-F]{8}$`).exec(id)?.[1] ?? [])
    .toSorted();

const queues = partsWith("AWS::SQS::Queue", "DeadLettersQueue");

test("docs/dead-letters.md says the way back from every dead-letter queue, and from no other", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|.*\(#([\w-]+)\)/gm)];
  expect(rows.map(([, part]) => part).toSorted()).toEqual(queues);
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(" ", "-"),
  );
  for (const [, , anchor] of rows) expect(headings).toContain(anchor);
});

test("Every part with a dead-letter queue has the function that docs/dead-letters.md looks up", () => {
  expect(partsWith("AWS::Lambda::Function", "NodeFunction")).toEqual(expect.arrayContaining(queues));
});

test("SQS moves messages back for dead-letter queues of queues, which are those that the page says", () => {
  const sources = Object.values(resourcesOf(core, "AWS::SQS::Queue")).flatMap(
    ({ Properties }) => Properties.RedrivePolicy?.deadLetterTargetArn["Fn::GetAtt"][0] ?? [],
  );
  const moved = [...page.matchAll(/^\| `(\w+)` \|.*\(#back-into-the-queue\)/gm)].map(([, part]) => part);
  expect(sources.map((id) => id.replace(/^Core(\w+)DeadLettersQueue.*$/, "$1"))).toEqual(moved);
});
