import type { RenderedProperties } from "./function-references.ts";
import type { AuthorizerKind, DeclaredCache } from "./result-cache.ts";

/** An authorizer as a template declares it. */
export interface DeclaredAuthorizer {
  /** Its name inside an OpenAPI body; absent where it is a separate resource */
  readonly name?: string;
  readonly uri: unknown;
  readonly cache: DeclaredCache;
}

/** The types of resources that can declare an authorizer, and how each does. */
const READERS: Readonly<Record<string, (properties: RenderedProperties) => DeclaredAuthorizer[]>> = {
  "AWS::ApiGateway::Authorizer": (properties) => [
    {
      uri: properties.AuthorizerUri,
      cache: describe(
        restKind(properties.Type),
        properties.AuthorizerResultTtlInSeconds,
        properties.IdentitySource,
      ),
    },
  ],
  "AWS::ApiGatewayV2::Authorizer": (properties) => [
    {
      uri: properties.AuthorizerUri,
      cache: describe(
        // A WebSocket API's authorizer has no payload format and never caches.
        properties.AuthorizerPayloadFormatVersion === undefined ? "WEBSOCKET" : "HTTP",
        properties.AuthorizerResultTtlInSeconds,
        properties.IdentitySource,
      ),
    },
  ],
  "AWS::ApiGateway::RestApi": ({ Body }) => authorizersOfBody(Body, restKind),
  "AWS::ApiGatewayV2::Api": ({ Body }) => authorizersOfBody(Body, () => "HTTP"),
};

/**
 * The authorizers that a rendered resource declares; none for a resource of any other type. Reads
 * OpenAPI and Swagger bodies inside the template; not those in S3 or pulled in by a
 * transform.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
 */
export function declaredAuthorizers(
  type: string,
  render: () => RenderedProperties,
): readonly DeclaredAuthorizer[] {
  return READERS[type]?.(render()) ?? [];
}

function authorizersOfBody(value: unknown, kindOf: (type: unknown) => AuthorizerKind): DeclaredAuthorizer[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const below = authorizersOfBody(member, kindOf);
    const declared =
      name === "x-amazon-apigateway-authorizers"
        ? Object.entries(fieldsOf(member))
        : [[name, fieldsOf(member)["x-amazon-apigateway-authorizer"]] as const];
    const own = declared.flatMap(([called, authorizer]) => {
      const { type, authorizerUri, authorizerResultTtlInSeconds, identitySource } = fieldsOf(authorizer);
      if (authorizerUri === undefined) return [];
      const cache = describe(kindOf(type), authorizerResultTtlInSeconds, identitySource);
      return [{ name: called, uri: authorizerUri, cache }];
    });
    return [...own, ...below];
  });
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const restKind = (type: unknown): AuthorizerKind =>
  String(type).toUpperCase() === "TOKEN" ? "REST TOKEN" : "REST REQUEST";

function describe(kind: AuthorizerKind, ttl: unknown, sources: unknown): DeclaredCache {
  return {
    kind,
    identitySources: [sources]
      .flat()
      .flatMap((source) => (typeof source === "string" ? source.split(",") : [])),
    ...(ttl !== undefined && { ttl: /^\d+$/.test(String(ttl)) ? Number(ttl) : "unknown" }),
  };
}
