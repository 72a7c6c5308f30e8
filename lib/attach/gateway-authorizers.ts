import { Duration } from "aws-cdk-lib";
import { type CfnAuthorizer, type IRestApi, RequestAuthorizer } from "aws-cdk-lib/aws-apigateway";
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
  WebSocketLambdaAuthorizer,
} from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { type IRole, Role } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { GeoSource } from "../../contract/settings.ts";
import { SynthesisError } from "../synthesis-error.ts";
import { completeCacheKey } from "./result-cache.ts";

/** What an authorizer of any kind of API is made with. */
export interface GatewayAuthorizerProps {
  /**
   * The authorizer function; import one of another stack by its ARN, so that permissions are in the
   * API's stack.
   */
  readonly authorizer: IFunction;
  /**
   * How long API Gateway may reuse a verdict, at most an hour. A revoked session or risen risk
   * takes effect only after it, and a request without a token is answered by API Gateway alone (no
   * decision, no event). Needs `geo` and `boundTokens`.
   * @default Duration.seconds(0)
   */
  readonly resultCacheTtl?: Duration;
  /**
   * The `geo.source` that Sallyport was deployed with; a TTL needs it. With `cloudfront` there can
   * be none, since address and country then come from headers that the cache key does not hold.
   * @default - not known: verdicts may not be cached
   */
  readonly geo?: GeoSource;
  /**
   * `refused` if Sallyport was deployed with `boundTokens: "refused"` for every issuer; a TTL needs
   * it. A cached verdict is reused without the proof that a token bound to a key takes.
   * @default - accepted: verdicts may not be cached
   */
  readonly boundTokens?: "refused";
  /**
   * The role that API Gateway assumes to invoke the function. It needs `lambda:InvokeFunction` on
   * it, and nothing is added to it.
   * @default - none: the function's resource policy allows API Gateway itself
   */
  readonly invokeRole?: IRole;
}

/** What an authorizer of a REST API is made with. */
export interface RestAuthorizerProps extends GatewayAuthorizerProps {
  /**
   * Called with the API each time that a method of it takes the authorizer.
   * @default - nothing
   */
  readonly attached?: (restApi: IRestApi) => void;
}

/** CDK tells an authorizer which API it is for only when a method takes it. */
class AttachedRequestAuthorizer extends RequestAuthorizer {
  attached: (restApi: IRestApi) => void = () => {};

  override _attachToApi(restApi: IRestApi): void {
    super._attachToApi(restApi);
    this.attached(restApi);
  }
}

/**
 * Lets a REST API of this app ask Sallyport about each request. Use it as a method's `authorizer`.
 * Without caching there are no identity sources: requests without a token reach the authorizer and
 * become events.
 * @throws SynthesisError for a TTL without a geo source that allows it, or where bound tokens are
 *   not refused
 */
export function restAuthorizer(scope: Construct, id: string, props: RestAuthorizerProps): RequestAuthorizer {
  const { ttl, cached } = cacheOf(id, props);
  const authorizer = new AttachedRequestAuthorizer(scope, id, {
    handler: props.authorizer,
    resultsCacheTtl: ttl,
    identitySources: cached ? completeCacheKey("REST REQUEST") : [],
    // CDK would let a role of the app invoke every version and alias too.
    ...(props.invokeRole !== undefined && { assumeRole: withoutUpdates(props.invokeRole) }),
  });
  if (props.attached !== undefined) authorizer.attached = props.attached;
  // CDK writes an empty text for no sources, which the API has been seen to refuse.
  if (!cached) (authorizer.node.defaultChild as CfnAuthorizer).addPropertyDeletionOverride("IdentitySource");
  return authorizer;
}

/**
 * Lets an HTTP API of this app ask Sallyport about each request, with simple responses. Use it as a
 * route's `authorizer`.
 * @throws SynthesisError for a TTL without a geo source that allows it, or where bound tokens are
 *   not refused
 */
export function httpAuthorizer(id: string, props: GatewayAuthorizerProps): HttpLambdaAuthorizer {
  const { ttl, cached } = cacheOf(id, props);
  return new HttpLambdaAuthorizer(id, props.authorizer, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    resultsCacheTtl: ttl,
    identitySource: cached ? completeCacheKey("HTTP") : [],
    ...(props.invokeRole !== undefined && { role: props.invokeRole }),
  });
}

/**
 * Lets a WebSocket API of this app ask Sallyport about each connection. Use it as the `authorizer`
 * of the `$connect` route; messages on an open connection are not judged again. Without identity
 * sources connections without an `Authorization` header, such as all of browsers, reach the
 * authorizer. WebSocket APIs cache no verdicts.
 */
export function webSocketAuthorizer(
  id: string,
  { authorizer }: Pick<GatewayAuthorizerProps, "authorizer">,
): WebSocketLambdaAuthorizer {
  return new WebSocketLambdaAuthorizer(id, authorizer, { identitySource: [] });
}

const withoutUpdates = (role: IRole): IRole => (Role.isRole(role) ? role.withoutPolicyUpdates() : role);

function cacheOf(id: string, { resultCacheTtl, geo, boundTokens }: GatewayAuthorizerProps) {
  const ttl = resultCacheTtl ?? Duration.seconds(0);
  // A TTL that only CloudFormation knows may be more than none.
  const cached = ttl.isUnresolved() || ttl.toSeconds() > 0;
  if (cached && geo !== "database" && geo !== "none") {
    throw new SynthesisError(
      `${id}: verdicts can be cached only where the function takes no addresses and countries from CloudFront's headers, ` +
        'which the cache key does not hold. Leave out resultCacheTtl, or say geo: "database" or "none" if it was deployed so.',
    );
  }
  if (cached && boundTokens !== "refused") {
    throw new SynthesisError(
      `${id}: verdicts can be cached only where the function denies tokens that are bound to a key, since a cached verdict is ` +
        'reused without their proof. Leave out resultCacheTtl, or set boundTokens to "refused" for every issuer of the configuration and here.',
    );
  }
  return { ttl, cached };
}
