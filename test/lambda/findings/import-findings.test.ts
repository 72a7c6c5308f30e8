import type { ImportBatch, SecurityFinding } from "../../../domain/risk/security-finding.ts";
import { importFindings } from "../../../lambda/findings/import-findings.ts";

const finding = (Id: string, second = 0, more: object = {}) =>
  ({ Id, UpdatedAt: new Date(1_700_000_000_000 + second * 1000).toISOString(), ...more }) as SecurityFinding;
let count = 0;
const message = (content: unknown) => ({
  messageId: `m${count++}`,
  body: typeof content === "string" ? content : JSON.stringify(content),
});
const queued = (one: unknown) => message({ v: 1, finding: one });

/** Records each batch, and refuses the ids in `refuse`. */
function hub(refuse: readonly string[] = []) {
  const batches: SecurityFinding[][] = [];
  const importBatch: ImportBatch = async (findings) => {
    batches.push([...findings]);
    return findings
      .filter(({ Id }) => refuse.includes(Id))
      .map(({ Id }) => ({ id: Id, code: "InvalidInput", message: "no" }));
  };
  return { batches, importBatch };
}

beforeEach(() => {
  count = 0;
});

test("findings go in one call and none fails", async () => {
  const { batches, importBatch } = hub();
  expect(await importFindings([queued(finding("a")), queued(finding("b"))], importBatch)).toEqual({
    imported: 2,
    failed: [],
  });
  expect(batches.map((batch) => batch.map(({ Id }) => Id))).toEqual([["a", "b"]]);
});

test("only the messages of a refused finding come back", async () => {
  const report = await importFindings([queued(finding("a")), queued(finding("b"))], hub(["b"]).importBatch);
  expect(report).toEqual({ imported: 1, failed: [{ messageId: "m1", why: "InvalidInput: no" }] });
});

test("of several states of one finding the newest goes, and all messages share its fate", async () => {
  const states = [queued(finding("a", 1)), queued(finding("a", 3)), queued(finding("a", 2))];
  const { batches, importBatch } = hub();
  expect(await importFindings(states, importBatch)).toEqual({ imported: 1, failed: [] });
  expect(batches).toEqual([[finding("a", 3)]]);
  const refused = await importFindings(states, hub(["a"]).importBatch);
  expect(refused.failed.map(({ messageId }) => messageId)).toEqual(["m0", "m1", "m2"]);
});

test.each([
  ["not JSON", "{", "not JSON"],
  ["null", null, "not an object"],
  ["a number", 7, "not an object"],
  ["of another layout", { v: 2, finding: finding("a") }, "layout version"],
  ["without a finding", { v: 1 }, "no Id"],
  ["with null for a finding", { v: 1, finding: null }, "no Id"],
  ["whose finding has no id", { v: 1, finding: { UpdatedAt: "2026-01-01T00:00:00Z" } }, "no Id"],
  ["whose finding has no time", { v: 1, finding: { Id: "a", UpdatedAt: "soon" } }, "UpdatedAt"],
  ["that is too large", { v: 1, finding: finding("a", 0, { Title: "x".repeat(240_000) }) }, "larger"],
])("a message %s fails alone, and is not dropped", async (_, content, why) => {
  const report = await importFindings([message(content), queued(finding("b"))], hub().importBatch);
  expect(report).toEqual({ imported: 1, failed: [{ messageId: "m0", why: expect.stringContaining(why) }] });
});

test("a call holds at most 100 findings and 6 MB, and one failing call leaves the others alone", async () => {
  const many = Array.from({ length: 230 }, (_, index) => queued(finding(`f${index}`)));
  const large = Array.from({ length: 60 }, (_, index) =>
    queued(finding(`g${index}`, 0, { Title: "x".repeat(200_000) })),
  );
  const { batches, importBatch } = hub();
  expect(await importFindings(many, importBatch)).toEqual({ imported: 230, failed: [] });
  expect(batches.map(({ length }) => length)).toEqual([100, 100, 30]);
  batches.length = 0;
  expect(await importFindings(large, importBatch)).toEqual({ imported: 60, failed: [] });
  for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(6 * 1024 * 1024);
  let calls = 0;
  const report = await importFindings(many, async () => {
    if (calls++ === 1) throw new Error("throttled");
    return [];
  });
  expect(report.imported).toBe(130);
  expect(report.failed).toHaveLength(100);
  expect(report.failed[0]?.why).toBe("Error: throttled");
});

test("a refusal that names no finding of the batch fails the whole batch", async () => {
  const report = await importFindings([queued(finding("a"))], async () => [
    { id: "", code: "InternalError", message: "" },
  ]);
  expect(report.failed).toHaveLength(1);
});
