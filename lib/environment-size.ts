import { Token } from "aws-cdk-lib";
import { SynthesisError } from "./synthesis-error.ts";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_ENVIRONMENT = 4096;
/** Names that CloudFormation gives are known only when it deploys; a table's may have 255 characters. */
const UNRESOLVED = 255;

/**
 * Refuses an environment that Lambda would refuse on deployment: all names and values together fit into 4 KB.
 * Values that only CloudFormation knows count as 255 bytes.
 *
 * @throws SynthesisError that names the largest variable
 */
export function checkEnvironmentSize(
  functionName: string,
  environment: Readonly<Record<string, string>>,
): void {
  const sizes = Object.entries(environment).map(([name, value]) => ({
    name,
    bytes: Buffer.byteLength(name) + (Token.isUnresolved(value) ? UNRESOLVED : Buffer.byteLength(value)),
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= LARGEST_ENVIRONMENT) return;
  const [largest] = sizes.toSorted((one, other) => other.bytes - one.bytes);
  throw new SynthesisError(
    `${functionName}: its environment has ${total} bytes and Lambda takes ${LARGEST_ENVIRONMENT}; the largest part is ` +
      `${largest?.name} with ${largest?.bytes}. Shorten the configuration: fewer issuers, audiences or claim overrides.`,
  );
}
