/**
 * The URI by which API Gateway invokes a Lambda function. The Region in it is the function's, which is the API's too unless somebody
 * wants it otherwise.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html
 */
export function authorizerUri(functionArn: string): string {
  const [, partition, , region] = functionArn.split(":");
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** The function's ARN, qualifier and all, in an authorizer's URI; undefined where the URI names none. */
export const functionArnIn = (uri: string | undefined): string | undefined =>
  /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri ?? "")?.[1];
