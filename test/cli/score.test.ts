import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scoreCommand } from "../../cli/score.ts";
import { runCommandLine } from "../support/cli/run-command-line.ts";
import { accessEvent } from "../support/domain/access-events.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-score-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(argv: readonly string[], input = "") {
  const result = await runCommandLine(scoreCommand, ["score", ...argv], input);
  const lines = () =>
    result.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  return { ...result, lines };
}

const NIGHT = Date.parse("2026-03-02T23:00:00Z");
const at = (second: number, more: object) =>
  accessEvent({ metadata: { uid: `d${second}` }, time: NIGHT + second * 1000, http_response: null, ...more });
const from = (lat: number, long: number) => ({ src_endpoint: { location: { lat, long } } });
const request = (path: string, user_agent: string) => ({ http_request: { url: { path }, user_agent } });
const theft = [
  at(0, { ...from(50.11, 8.68), ...request("/api/orders", "home") }),
  at(300, { ...from(1.35, 103.82), ...request("/api/orders", "home") }),
  at(310, { ...from(1.35, 103.82), ...request("/api/orders", "other") }),
  at(320, { ...from(1.35, 103.82), ...request("/api/admin", "other") }),
];
const ndjson = (events: readonly unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");

test("a theft is scored line by line, with its finding", async () => {
  const { code, lines, stderr } = await run([], ndjson(theft));
  expect([code, stderr]).toEqual([0, ""]);
  expect(lines().map(({ score, finding }) => [score, finding?.severity])).toEqual([
    [15, undefined],
    [45, undefined],
    [55, "MEDIUM"],
    [75, "HIGH"],
  ]);
  expect(lines()[3]).toMatchObject({
    event: "d320",
    user: { issuer: "https://id.example.com", subject: "alice" },
    at: NIGHT / 1000 + 320,
    elevatedAt: NIGHT / 1000 + 320,
    factors: { impossibleTravel: 30, unusualTime: 15, sensitiveDataAccess: 20, anomalousBehavior: 10 },
    finding: { title: "Risk score 75 of 100 for user alice" },
  });
});

test("a file gives what standard input gives, in EventBridge's envelope too", async () => {
  const file = join(folder, "events.ndjson");
  await writeFile(
    file,
    ndjson(theft.map((detail) => ({ source: "sallyport.authorizer", detail }))).replaceAll("\n", "\r\n"),
  );
  expect((await run([file, "--json"])).stdout).toBe((await run([], ndjson(theft))).stdout);
});

test("the zone moves the night", async () => {
  const { lines } = await run(["--zone", "America/New_York"], ndjson(theft));
  expect(lines().map(({ factors }) => factors.unusualTime)).toEqual([0, 0, 0, 0]);
});

test("rules of the deployment replace the defaults one by one", async () => {
  const file = join(folder, "risk.json");
  await writeFile(
    file,
    JSON.stringify({ rules: { unusualTime: { points: 5 } }, thresholds: { medium: 30 } }),
  );
  const { lines } = await run(["--rules", file], ndjson(theft));
  expect(lines().map(({ score, finding }) => [score, finding?.severity])).toEqual([
    [5, undefined],
    [35, "MEDIUM"],
    [45, "MEDIUM"],
    [65, "MEDIUM"],
  ]);
});

test("lines that cannot be read are reported by number; the others are scored, and the exit code is 1", async () => {
  const lines = ["{", "", "null", "[]", '{"detail":7}', JSON.stringify(theft[0]), '{"metadata":{"uid":"x"}}'];
  const { code, stderr, lines: scored } = await run([], lines.join("\n"));
  expect(code).toBe(1);
  expect(scored()).toHaveLength(1);
  const reported = stderr.trim().split("\n");
  expect(reported.map((line) => line.split(":")[0])).toEqual([
    "line 1",
    "line 3",
    "line 4",
    "line 5",
    "line 7",
  ]);
  expect(reported[0]).toBe("line 1: not JSON");
});

test("events of unverified callers are skipped and counted, and the exit code is 0", async () => {
  const { code, stdout, stderr } = await run([], ndjson([at(0, { actor: { user: { type_id: 0 } } })]));
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("Skipped 1 events of unverified callers, which have no score.");
});

test.each([
  [["--zone", "Mars/Olympus"], 2, "Mars/Olympus"],
  [["a", "b"], 2, "one file"],
  [["--colour"], 2, "--colour"],
  [["no-such-file"], 1, "no-such-file"],
  [["."], 1, "directory"],
  [["--rules", "no-such-file"], 1, "no-such-file"],
])("%j is refused with exit code %i", async (argv, expected, message) => {
  const { code, stderr, stdout } = await run(argv);
  expect([code, stdout]).toEqual([expected, ""]);
  expect(stderr).toContain(message);
});

test("rules with a mistake are refused with the field's path", async () => {
  const file = join(folder, "wrong.json");
  await writeFile(file, JSON.stringify({ rules: { hold: "1h" }, threshold: {} }));
  const { code, stderr } = await run(["--rules", file]);
  expect(code).toBe(1);
  expect(stderr).toContain("risk.rules.hold");
  expect(stderr).toContain("risk.threshold");
});

test("--help has examples", async () => {
  const { code, stdout } = await run(["--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("sallyport score events.ndjson");
});
