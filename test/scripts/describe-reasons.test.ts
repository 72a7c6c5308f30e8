import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REASONS } from "../../domain/decision/reason.ts";
import { describeReasons } from "../../scripts/documents/describe-reasons.ts";

const root = join(import.meta.dirname, "../..");

test("docs/reasons.md matches domain/decision/reason.ts (else run `npm run reasons`)", () => {
  expect(readFileSync(join(root, "docs/reasons.md"), "utf8")).toBe(describeReasons());
});

test("--check agrees", () => {
  const ended = spawnSync(process.execPath, ["--import", "tsx", "scripts/write-reasons.ts", "--check"], {
    cwd: root,
  });
  expect(ended.status).toBe(0);
});

test("every code has exactly one row, with its status, error and sentence", () => {
  const rows = describeReasons()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.map((row) => row.split("`")[1]).sort()).toEqual(Object.keys(REASONS).sort());
  expect(rows).toContain(
    `| \`token-expired\` | 401 | \`invalid_token\` | ${REASONS["token-expired"].says} |`,
  );
  expect(rows).toContain(`| \`token-missing\` | 401 |  | ${REASONS["token-missing"].says} |`);
});

test("a sentence cannot break the table", () => {
  const text = describeReasons({ odd: { outcome: "deny", status: 403, says: "one | two" } });
  expect(text).toContain("| `odd` | 403 |  | one \\| two |");
});
