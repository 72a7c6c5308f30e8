import { Stack, Token } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { readFunctionArn } from "../../contract/function-arn.ts";
import type { ApiKind } from "../../domain/attach/api-state.ts";
import { SynthesisError } from "../synthesis-error.ts";

/** Where a function is, as far as it is known. */
export interface FunctionPlace {
  /**
   * Twelve digits.
   * @default - as the ARN says; the account of the API where it says nothing
   */
  readonly account?: string;
  /**
   * The AWS Region.
   * @default - as the ARN says; the Region of the API where it says nothing
   */
  readonly region?: string;
}

/**
 * Whether the API's stack can hold the permission to invoke the function: only a template of the
 * function's own account and Region can grant it.
 */
export type Reach = "here" | "elsewhere";

/**
 * The place that an ARN names, corrected by what the caller knows better.
 * @throws SynthesisError for a text that is no ARN of a function
 */
export function placeOfArn(functionArn: string, known: FunctionPlace): FunctionPlace {
  if (Token.isUnresolved(functionArn)) return known;
  const arn = readFunctionArn(functionArn);
  if (arn === undefined) {
    throw new SynthesisError(
      `${JSON.stringify(functionArn)} is no ARN of a Lambda function. Give what the SSM parameter /sallyport/authorizer-arn of Sallyport's account holds, such as "arn:aws:lambda:eu-central-1:111122223333:function:Sallyport-Authorizer".`,
    );
  }
  return { account: arn.account, region: arn.region, ...known };
}

/**
 * Compares a function's place with that of an API. What only deployment knows counts as the same.
 * @throws SynthesisError for an HTTP or WebSocket API in another Region: AWS documents such
 *   authorizers for REST APIs alone
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-lambda-authorizer-cross-account-lambda-authorizer.html
 */
export function reachFrom(scope: Construct, kind: ApiKind, place: FunctionPlace): Reach {
  const stack = Stack.of(scope);
  const otherRegion = differ(place.region, stack.region);
  if (otherRegion && kind !== "rest") {
    throw new SynthesisError(
      `${scope.node.path}: the API is in ${stack.region} and its authorizer in ${place.region}. API Gateway promises authorizers of another Region for REST APIs alone. Deploy Sallyport to ${stack.region} too, and name the function there.`,
    );
  }
  return otherRegion || differ(place.account, stack.account) ? "elsewhere" : "here";
}

/**
 * Refuses a function of the app that CloudFormation could not tell this stack of.
 * @throws SynthesisError
 */
export function assertSameEnvironment(authorizer: IFunction, scope: Construct): void {
  const [theirs, ours] = [Stack.of(authorizer), Stack.of(scope)];
  if (!differ(theirs.account, ours.account) && !differ(theirs.region, ours.region)) return;
  throw new SynthesisError(
    `${scope.node.path}: Sallyport's stack ${theirs.stackName} (${theirs.account}, ${theirs.region}) is in another account or Region than ${ours.stackName} (${ours.account}, ${ours.region}), and CloudFormation carries no values from one to the other. Name the function by SallyportAuthorizer.fromArn("arn:aws:lambda:…").`,
  );
}

const differ = (one: string | undefined, other: string): boolean =>
  one !== undefined && !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
