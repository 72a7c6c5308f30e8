import { Duration } from "aws-cdk-lib";
import { type CfnAuthorizer, RequestAuthorizer } from "aws-cdk-lib/aws-apigateway";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { completeCacheKey } from "./result-cache.ts";

export interface GatewayAuthorizerProps {
  /** The authorizer function; one of another stack is best imported by its ARN, so that permissions stand beside the API. */
  readonly authorizer: IFunction;
  /**
   * How long API Gateway may reuse a verdict, at most an hour. A revoked session or risen risk takes effect only after
   * it, and a request without a token is answered by API Gateway alone: no decision, no event.
   * @default Duration.seconds(0)
   */
  readonly resultCacheTtl?: Duration;
}

/**
 * Lets a REST API of this app ask Sallyport about each request. Use it as a method's `authorizer`.
 * Without caching there are no identity sources: requests without a token reach the authorizer and become events.
 */
export function restAuthorizer(
  scope: Construct,
  id: string,
  props: GatewayAuthorizerProps,
): RequestAuthorizer {
  const ttl = props.resultCacheTtl ?? Duration.seconds(0);
  const cached = ttl.toSeconds() > 0;
  const authorizer = new RequestAuthorizer(scope, id, {
    handler: props.authorizer,
    resultsCacheTtl: ttl,
    identitySources: cached ? completeCacheKey("REST REQUEST") : [],
  });
  // CDK writes an empty text for no sources, which the API has been seen to refuse.
  if (!cached) (authorizer.node.defaultChild as CfnAuthorizer).addPropertyDeletionOverride("IdentitySource");
  return authorizer;
}

/** Lets an HTTP API of this app ask Sallyport about each request, with simple responses. Use it as a route's `authorizer`. */
export function httpAuthorizer(id: string, props: GatewayAuthorizerProps): HttpLambdaAuthorizer {
  const ttl = props.resultCacheTtl ?? Duration.seconds(0);
  return new HttpLambdaAuthorizer(id, props.authorizer, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    resultsCacheTtl: ttl,
    identitySource: ttl.toSeconds() === 0 ? [] : completeCacheKey("HTTP"),
  });
}
