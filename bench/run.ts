import { parseArgs } from "node:util";
import { measureAlgorithms } from "./algorithms.ts";
import { measureCold } from "./cold.ts";
import { floodWith } from "./flood.ts";
import { measureLaptop } from "./laptop.ts";
import { measureProofs } from "./proofs.ts";
import { measureSizes } from "./sizes.ts";
import { measureWarm } from "./warm.ts";

const HELP = `Measures Sallyport on this machine.

  npm run bench                 all of it, about two minutes
  npm run bench -- --short      fewer rounds, about half a minute; the figures are rougher
  npm run bench -- warm cold    only these parts: warm, algorithms, proofs, flood, cold, sizes, laptop
  npm run --silent bench -- --json

Ratios are medians of interleaved rounds within one run and hold on a noisy machine; absolute times do not.`;

const PARTS = ["warm", "algorithms", "proofs", "flood", "cold", "sizes", "laptop"] as const;

type Row = Readonly<Record<string, string | number>>;

async function measure(
  part: (typeof PARTS)[number],
  short: boolean,
): Promise<Readonly<Record<string, readonly Row[]>>> {
  switch (part) {
    case "warm": {
      const { verifiers, stages } = await measureWarm(short ? 7 : 25);
      return {
        "Warm decision, no network: over a bare crypto.verify of the same RS256 token": verifiers.map(
          ({ name, micros, ratio }) => ({ what: name, µs: round(micros), "× bare verify": round(ratio, 2) }),
        ),
        "Where a warm decision goes": stages.map(({ name, micros, ratio }) => ({
          what: name,
          µs: round(micros),
          "share %": round(ratio * 100),
        })),
      };
    }
    case "flood": {
      const flood = await floodWith(short ? 20_000 : 100_000);
      const figures = {
        "forged tokens": flood.tokens,
        "memory held after it, MB more": round(flood.growth / 1024 / 1024, 2),
        "fetches of the issuer asked most, the one at init included": flood.fetches,
        "shortest time between two of them, s": round(flood.shortestGap / 1000),
        "µs per token, forging included": round(flood.microsPerToken),
      };
      return {
        "Flood of forged tokens, 1000 per second: bounds are 5 MB, and one fetch in 10 s after the first":
          Object.entries(figures).map(([what, value]) => ({ what, value })),
      };
    }
    case "algorithms":
      return {
        "Verification by algorithm, every check included, over a bare crypto.verify": (
          await measureAlgorithms(short ? 7 : 25)
        ).map(({ algorithm, bareMicros, firstSight, again }) => ({
          what: algorithm,
          "bare µs": round(bareMicros),
          "first sight ×": round(firstSight, 2),
          "again ×": round(again, 3),
        })),
      };
    case "proofs":
      return {
        "DPoP proof, every check but the table's, over importing its key and verifying its ES256 signature": (
          await measureProofs(short ? 7 : 25)
        ).map(({ name, micros, ratio }) => ({ what: name, µs: round(micros), "× bare": round(ratio, 2) })),
      };
    case "cold": {
      const { programs } = await measureCold(short ? 5 : 15);
      const nothing = programs[0]?.ms ?? Number.NaN;
      return {
        "Cold: process start to first decision, keys over TLS and table over HTTP on loopback": programs.map(
          ({ name, ms, added }) => ({
            what: name,
            ms: round(ms),
            "ms beyond doing nothing": round(added),
            "× doing nothing": round(ms / nothing, 2),
          }),
        ),
      };
    }
    case "sizes":
      return {
        Bundles: measureSizes().map(({ name, kilobytes, gzippedKilobytes, heaviest }) => ({
          what: name,
          kB: round(kilobytes),
          "kB gzipped": Number.isNaN(gzippedKilobytes) ? "" : round(gzippedKilobytes),
          "heaviest (kB)": heaviest,
        })),
      };
    case "laptop": {
      const figures = await measureLaptop(short ? 200 : 1000, short ? 3 : 7);
      return {
        "Laptop stack, front door to back end, 4 callers": Object.entries(figures)
          .filter(([name]) => name !== "api")
          .map(([name, value]) => ({ what: LAPTOP_WORDS[name] ?? name, value: round(value as number) })),
      };
    }
  }
}

const LAPTOP_WORDS: Readonly<Record<string, string>> = {
  requestsPerSecond: "requests per second",
  p50: "whole request, p50 ms",
  p99: "whole request, p99 ms",
  decisionP50: "decision, p50 ms",
  decisionP99: "decision, p99 ms",
  eventToFinding: "request to finding, median ms",
};

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { short: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean" } },
  });
  const unknown = positionals.find((name) => !PARTS.includes(name as never));
  if (values.help || unknown !== undefined) {
    if (unknown !== undefined) console.error(`There is no part "${unknown}".\n`);
    console.log(HELP);
    return unknown === undefined ? 0 : 2;
  }
  const parts = PARTS.filter((name) => positionals.length === 0 || positionals.includes(name));
  const all: Record<string, unknown> = { node: process.version };
  for (const part of parts) {
    console.error(`measuring: ${part} ...`);
    const tables = await measure(part, values.short === true);
    all[part] = tables;
    if (values.json) continue;
    for (const [title, rows] of Object.entries(tables)) {
      console.log(`\n${title} (Node ${process.version})`);
      printTable(rows);
    }
  }
  if (values.json) console.log(JSON.stringify(all));
  return 0;
}

function printTable(rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  for (const line of lines) {
    const cells = line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    console.log(`  ${cells.join("  ")}`);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(
    `The benchmark could not be finished: ${error instanceof Error ? error.message : String(error)}`,
  );
  return 1;
});
