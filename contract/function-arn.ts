/** A Lambda function's ARN in its parts. */
export interface FunctionArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  /** Twelve digits */
  readonly account: string;
}

const FUNCTION_ARN =
  /^arn:(aws[a-z-]*):lambda:([a-z]{2,4}(?:-[a-z]+)+-\d):(\d{12}):function:[\w-]{1,64}(?::[\w$-]{1,128})?$/;

/**
 * Reads the ARN of a function, a version or an alias; undefined for anything else.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function readFunctionArn(text: string): FunctionArn | undefined {
  const [arn, partition, region, account] = FUNCTION_ARN.exec(text) ?? [];
  if (arn === undefined || partition === undefined || region === undefined || account === undefined) return;
  return { arn, partition, region, account };
}
