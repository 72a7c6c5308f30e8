import type { LocalTemplate } from "../../cloudformation/template.ts";
import { mayInvoke } from "../../lambda/permission.ts";
import { GatewayBootError, type GatewayResource } from "./gateway-resource.ts";
import type { HttpApi } from "./http/http-definition.ts";
import type { RestApi, RestAuthorizer } from "./rest/rest-definition.ts";

/** One function that an API calls, and the source ARN of the call. */
interface Use {
  readonly functionArn: string;
  readonly source: string;
}

/**
 * Throws if the template does not let API Gateway invoke a function that the API needs. When
 * deployed, each such request would get a 500.
 * @see API Gateway developer guide, "API Gateway Amazon Resource Name (ARN) reference"
 */
export function checkPermissions(
  api: GatewayResource,
  definition: RestApi | HttpApi,
  template: LocalTemplate,
): void {
  const uses = definition.kind === "rest" ? usesOfRest(definition) : usesOfHttp(definition);
  const base = `arn:aws:execute-api:${template.region}:${template.accountId}:${definition.apiId}`;
  for (const { functionArn, source } of uses) {
    const sourceArn = `${base}/${source}`;
    if (!mayInvoke(template, functionArn, "apigateway.amazonaws.com", sourceArn))
      throw new GatewayBootError(api, `no AWS::Lambda::Permission lets ${sourceArn} invoke ${functionArn}`);
  }
}

function usesOfRest({ stages, routes }: RestApi): readonly Use[] {
  return routes.flatMap(({ resourcePath, methods }) =>
    [...methods.values()].flatMap(({ authorizer, integration, httpMethod }): readonly Use[] => {
      const asking = usesOfAuthorizer(authorizer);
      if (integration.type === "mock") return asking;
      const { functionArn } = integration;
      const rest = `${httpMethod === "ANY" ? "*" : httpMethod}${withoutNames(resourcePath)}`;
      return [...asking, ...stages.map(({ name }) => ({ functionArn, source: `${name}/${rest}` }))];
    }),
  );
}

function usesOfHttp({ stages }: HttpApi): readonly Use[] {
  return stages.flatMap(({ name, routes }) =>
    routes.flatMap(({ authorizer, integration, method, parts }) => [
      ...usesOfAuthorizer(authorizer),
      {
        functionArn: integration.functionArn,
        source:
          method === undefined
            ? `${name}/$default`
            : `${name}/${method === "ANY" ? "*" : method}/${withoutNames(parts.join("/"))}`,
      },
    ]),
  );
}

function usesOfAuthorizer(
  authorizer: Pick<RestAuthorizer, "id" | "functionArn" | "credentialsArn"> | undefined,
): readonly Use[] {
  if (authorizer === undefined || authorizer.credentialsArn !== undefined) return [];
  return [{ functionArn: authorizer.functionArn, source: `authorizers/${authorizer.id}` }];
}

/** In source ARNs a path parameter is an asterisk. */
const withoutNames = (path: string): string => path.replace(/\{[^}]*\}/g, "*");
