import { fuzz } from "../support/fuzz/fuzz.ts";
import { TARGETS } from "../support/fuzz/targets.ts";

/** A short run of `npm run fuzz`, with other inputs each time; a failure tells its seed. */
const INPUTS = 20_000;
const SEED = Date.now() % 1_000_000_007;

test(`no parser fails on ${INPUTS} hostile inputs (seed ${SEED})`, async () => {
  const outcomes = await fuzz(INPUTS, SEED);
  expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(outcomes.map(({ parser }) => parser)).toEqual(TARGETS.map(({ name }) => name));
  expect(outcomes.reduce((sum, { inputs }) => sum + inputs, 0)).toBeGreaterThanOrEqual(INPUTS);
  // Inputs that are all refused at the door would test the door alone.
  for (const { parser, taken } of outcomes)
    expect({ parser, taken: taken > 0 }).toEqual({ parser, taken: true });
}, 120_000);
