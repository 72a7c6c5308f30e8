import {
  DefaultTokenResolver,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
  Token,
  Tokenization,
} from "aws-cdk-lib";
import { CfnAuthorizer as CfnRestAuthorizer } from "aws-cdk-lib/aws-apigateway";
import { CfnAuthorizer as CfnHttpAuthorizer } from "aws-cdk-lib/aws-apigatewayv2";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";
import { type AuthorizerKind, flawsOfCache, type ResultCache } from "./result-cache.ts";

/**
 * Makes synthesis fail on every API Gateway authorizer of the app that asks this function and caches its verdicts under
 * a key that leaves out an input of the decision. Raw `CfnAuthorizer`s count, and those of other stacks of the app.
 * Does not see authorizers outside the app, nor those that name the function by a literal ARN.
 */
export function refuseUnsafeCaches(authorizer: IFunction): void {
  const scope = authorizer.node.root;
  authorizer.node.addValidation({
    validate: () =>
      scope.node.findAll().flatMap((construct) => {
        const found = readAuthorizer(construct);
        if (found === undefined || !refersTo(construct, found.uri, authorizer)) return [];
        return flawsOfCache(found.cache).map((flaw) => `${construct.node.path}: ${flaw}`);
      }),
  });
}

interface FoundAuthorizer {
  readonly uri: string | undefined;
  readonly cache: ResultCache;
}

function readAuthorizer(construct: IConstruct): FoundAuthorizer | undefined {
  if (construct instanceof CfnRestAuthorizer) {
    const { type, authorizerUri, identitySource, authorizerResultTtlInSeconds } = construct;
    return {
      uri: authorizerUri,
      cache: describe(
        type === "TOKEN" ? "REST TOKEN" : "REST REQUEST",
        authorizerResultTtlInSeconds,
        identitySource?.split(","),
      ),
    };
  }
  if (construct instanceof CfnHttpAuthorizer) {
    const { authorizerUri, identitySource, authorizerResultTtlInSeconds, authorizerPayloadFormatVersion } =
      construct;
    // A WebSocket API's authorizer has no payload format and never caches.
    const kind = authorizerPayloadFormatVersion === undefined ? "WEBSOCKET" : "HTTP";
    return { uri: authorizerUri, cache: describe(kind, authorizerResultTtlInSeconds, identitySource) };
  }
  return undefined;
}

const describe = (
  kind: AuthorizerKind,
  ttl: number | undefined,
  identitySources: string[] = [],
): ResultCache => ({
  kind,
  identitySources,
  ...(ttl !== undefined && { ttl }),
});

/** Whether the value holds a reference to the function, however deep in joins and substitutions. */
function refersTo(scope: IConstruct, value: string | undefined, target: IFunction): boolean {
  if (value === undefined || !Token.isUnresolved(value)) return false;
  const resolver = new ReferenceCollector();
  Tokenization.resolve(value, { scope, resolver, preparing: true });
  return resolver.targets.some(
    (found) =>
      found === target ||
      found === target.node.defaultChild ||
      found.node.path.startsWith(`${target.node.path}/`),
  );
}

class ReferenceCollector extends DefaultTokenResolver {
  readonly targets: IConstruct[] = [];

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver["resolveToken"]>[2],
  ): unknown {
    if (Reference.isReference(token)) this.targets.push(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}
