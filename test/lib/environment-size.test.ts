import { Aws } from "aws-cdk-lib";
import fc from "fast-check";
import { checkEnvironmentSize } from "../../lib/environment-size.ts";
import { SallyportStack } from "../../lib/sallyport-stack.ts";
import { SynthesisError } from "../../lib/synthesis-error.ts";
import { bareApp, configure, NO_POLICIES } from "./synthesize.ts";

test("4096 bytes pass and one more does not, whatever the characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 500 }), (start) => {
      const fill = 4096 - "A".length - "B".length - Buffer.byteLength(start);
      const environment = { A: start, B: "x".repeat(fill) };
      expect(() => checkEnvironmentSize("f", environment)).not.toThrow();
      expect(() => checkEnvironmentSize("f", { ...environment, B: `${environment.B}x` })).toThrow(
        SynthesisError,
      );
    }),
  );
});

test("names that only CloudFormation knows count as long as they may be", () => {
  expect(() => checkEnvironmentSize("f", { A: Aws.ACCOUNT_ID, B: "x".repeat(3839) })).not.toThrow();
  expect(() => checkEnvironmentSize("f", { A: Aws.ACCOUNT_ID, B: "x".repeat(3840) })).toThrow(
    /largest part is B with 3841/,
  );
});

test("a configuration that makes too large an environment is refused by name", () => {
  const issuers = Array.from({ length: 40 }, (_, index) => ({
    preset: "oidc" as const,
    issuer: `https://issuer-number-${index}.example.com/with/a/long/path/to/it`,
    audience: ["https://api.example.com/some/long/audience"],
    jwksUri: `https://issuer-number-${index}.example.com/keys`,
  }));
  const configuration = configure({ issuers });
  expect(() => new SallyportStack(bareApp(), "Sallyport", { configuration, policies: NO_POLICIES })).toThrow(
    /Sallyport\/Core\/Authorizer\/Node: .* the largest part is SALLYPORT_SETTINGS/,
  );
});
