/**
 * The URI that API Gateway invokes a Lambda function by. Its Region is the function's, which is
 * usually the API's too.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html
 */
export function authorizerUri(functionArn: string): string {
  const [, partition, , region] = functionArn.split(":");
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/**
 * The function's ARN, including the qualifier, in an authorizer's URI; undefined if the URI has
 * none.
 */
export const functionArnIn = (uri: string | undefined): string | undefined =>
  /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri ?? "")?.[1];
