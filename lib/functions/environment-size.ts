import { Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { SynthesisError } from "../synthesis-error.ts";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_ENVIRONMENT = 4096;
/**
 * Names that CloudFormation gives are known only when it deploys; a table's may have 255
 * characters.
 */
const UNRESOLVED = 255;

/**
 * Refuses an environment that Lambda would refuse on deployment: all names and values together fit
 * into 4 KB. Each part of a value that only CloudFormation knows counts as 255 bytes.
 *
 * @throws SynthesisError that names the largest variable
 */
export function checkEnvironmentSize(scope: IConstruct, environment: Readonly<Record<string, string>>): void {
  const sizes = Object.entries(environment).map(([name, value]) => ({
    name,
    bytes: Buffer.byteLength(name) + bytesOf(Stack.of(scope).resolve(value)),
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= LARGEST_ENVIRONMENT) return;
  const [largest] = sizes.toSorted((one, other) => other.bytes - one.bytes);
  throw new SynthesisError(
    `${scope.node.path}: its environment has ${total} bytes and Lambda takes ${LARGEST_ENVIRONMENT}; the largest part is ` +
      `${largest?.name} with ${largest?.bytes}. The environment holds settings only if their values are known to CloudFormation ` +
      "alone: give those literally, or name fewer issuers, audiences and claim overrides.",
  );
}

function bytesOf(resolved: unknown): number {
  if (typeof resolved === "string") return Buffer.byteLength(resolved);
  const [separator, parts] = (resolved as { "Fn::Join"?: [string, unknown] })["Fn::Join"] ?? [];
  if (separator !== "" || !Array.isArray(parts)) return UNRESOLVED;
  return parts.reduce<number>((sum, part) => sum + bytesOf(part), 0);
}
