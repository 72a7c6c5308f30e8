// `npm run fuzz`: feeds the parsers that touch input with hostile ones until one fails.
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fuzz, LONGEST, MOST_GROWTH } from "../test/support/fuzz/fuzz.ts";
import { TARGETS } from "../test/support/fuzz/targets.ts";

const HELP = `Feeds every parser that touches input with inputs that are nearly good, or anything at all.

  npm run fuzz                          a million inputs
  npm run fuzz -- --inputs 50000        fewer or more
  npm run fuzz -- --seed 7              the inputs of an earlier run again
  npm run fuzz -- --only readRequest    one parser
  npm run --silent fuzz -- --json

Fails on an exception, an answer that must not be given, or an input that takes longer than ${LONGEST} ms.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      inputs: { type: "string", default: "1000000" },
      seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
      only: { type: "string", multiple: true },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const inputs = Number(values.inputs);
  const seed = Number(values.seed);
  const unknown = values.only?.find((name) => !TARGETS.some((target) => target.name === name));
  if (values.help || !Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed) || unknown) {
    console.log(unknown === undefined ? HELP : `There is no parser "${unknown}".\n\n${HELP}`);
    return values.help ? 0 : 2;
  }
  const before = heapInUse();
  const outcomes = await fuzz(inputs, seed, values.only);
  const growth = heapInUse() - before;
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  const total = outcomes.reduce((sum, outcome) => sum + outcome.inputs, 0);
  if (values.json) {
    console.log(JSON.stringify({ seed, total, growth, outcomes }));
  } else {
    console.log(`${"parser".padEnd(28)}   inputs    taken  refused  slowest ms  seconds`);
    for (const { parser, inputs: fed, taken, refused, slowest, seconds } of outcomes) {
      const numbers = [String(fed).padStart(8), String(taken).padStart(8), String(refused).padStart(8)];
      const times = [slowest.toFixed(1).padStart(11), seconds.toFixed(1).padStart(8)];
      console.log(`${parser.padEnd(28)} ${[...numbers, ...times].join(" ")}`);
    }
    console.log(`${total} inputs, seed ${seed}; the heap grew by ${(growth / 1024 / 1024).toFixed(0)} MB`);
  }
  for (const { parser, failure } of failed) console.error(`FAILED ${parser}: ${failure}`);
  if (growth > MOST_GROWTH)
    console.error(`FAILED: the heap grew by more than ${MOST_GROWTH / 1024 / 1024} MB`);
  return failed.length === 0 && growth <= MOST_GROWTH ? 0 : 1;
}

/** Bytes, after garbage was collected. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

process.exitCode = await main();
