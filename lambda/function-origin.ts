import type { FindingOrigin } from "../domain/risk/security-finding.ts";

/**
 * Reads partition, Region and account out of a function's own ARN, which is where it imports
 * findings.
 *
 * @param invokedFunctionArn `arn:<partition>:lambda:<region>:<account>:function:<name>[:<alias>]`
 * @throws Error for anything else
 */
export function originOf(invokedFunctionArn: string): FindingOrigin {
  const [arn, partition, service, region, accountId] = invokedFunctionArn.split(":");
  if (arn !== "arn" || service !== "lambda" || !partition || !region || !accountId) {
    throw new Error("the function's ARN cannot be read");
  }
  return { partition, region, accountId };
}
