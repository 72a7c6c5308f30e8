import { Aws, Lazy, Stack } from "aws-cdk-lib";
import fc from "fast-check";
import { checkEnvironmentSize } from "../../../lib/functions/environment-size.ts";
import { SynthesisError } from "../../../lib/synthesis-error.ts";

const stack = new Stack();

test("4096 bytes pass and one more does not, whatever the characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 500 }), (start) => {
      const fill = 4096 - "A".length - "B".length - Buffer.byteLength(start);
      const environment = { A: start, B: "x".repeat(fill) };
      expect(() => checkEnvironmentSize(stack, environment)).not.toThrow();
      expect(() => checkEnvironmentSize(stack, { ...environment, B: `${environment.B}x` })).toThrow(
        SynthesisError,
      );
    }),
  );
});

test("names that only CloudFormation knows count as long as they may be", () => {
  expect(() => checkEnvironmentSize(stack, { A: Aws.ACCOUNT_ID, B: "x".repeat(3839) })).not.toThrow();
  expect(() => checkEnvironmentSize(stack, { A: Aws.ACCOUNT_ID, B: "x".repeat(3840) })).toThrow(
    /largest part is B with 3841/,
  );
});

test("what stands around such a name counts too", () => {
  const value = (length: number) => `${"x".repeat(length)}${Aws.ACCOUNT_ID}${"x".repeat(10)}`;
  expect(() => checkEnvironmentSize(stack, { A: value(3830) })).not.toThrow();
  expect(() => checkEnvironmentSize(stack, { A: value(3831) })).toThrow(/largest part is A with 4097/);
});

test("what CDK knows by the end of synthesis counts as it is", () => {
  const late = Lazy.string({ produce: () => "x".repeat(4096) });
  expect(() => checkEnvironmentSize(stack, { A: late })).toThrow(/largest part is A with 4097/);
});
