import type { Now } from "../../../domain/time.ts";
import type { LocalTemplate, Resource } from "../../cloudformation/template.ts";
import { GatewayBootError, type GatewayResource } from "./gateway-resource.ts";
import { type HttpConfiguration, openHttpApi } from "./http/http-configuration.ts";
import { openRestApi, type RestConfiguration } from "./rest/rest-configuration.ts";

/**
 * The current configuration of every API of a template: the gateway serves it, the control plane
 * changes it.
 */
export interface ApiConfigurations {
  readonly rest: ReadonlyMap<string, RestConfiguration>;
  /** Includes WebSocket APIs */
  readonly http: ReadonlyMap<string, HttpConfiguration>;
}

/**
 * Types that the gateway reads, and types that have no effect here. Any other type of the two
 * services is refused.
 */
const KNOWN_TYPES =
  /^AWS::(?:ApiGateway::(?:RestApi|Resource|Method|Authorizer|GatewayResponse|Stage|Deployment|RequestValidator|Account|Model)|ApiGatewayV2::(?:Api|Route|Integration|Authorizer|Stage|Deployment))$/;

/**
 * Reads the template's APIs. Throws a GatewayBootError for anything that would differ from API
 * Gateway.
 */
export function openApis(template: LocalTemplate, now: Now = Date.now): ApiConfigurations {
  const stated = template.resources.filter(({ type }) => /^AWS::ApiGateway(?:V2)?::/.test(type));
  const resources = stated.map(
    (resource): GatewayResource => ({
      logicalId: resource.logicalId,
      physicalId: template.physicalId(resource),
      type: resource.type,
      properties: resource.properties,
    }),
  );
  for (const resource of resources) {
    if (!KNOWN_TYPES.test(resource.type))
      throw new GatewayBootError(resource, "the local gateway does not support this type");
  }
  const ofType = (type: string) =>
    resources.flatMap((resource, index) => {
      const source = stated[index];
      return resource.type === type && source !== undefined ? [{ resource, source }] : [];
    });
  const own = ({ source }: { readonly source: Resource }) => stackTags(source, template);
  return {
    rest: new Map(
      ofType("AWS::ApiGateway::RestApi").map((api) => [
        api.resource.physicalId,
        openRestApi(api.resource, resources, now, own(api)),
      ]),
    ),
    http: new Map(
      ofType("AWS::ApiGatewayV2::Api").map((api) => [
        api.resource.physicalId,
        openHttpApi(api.resource, resources, now, own(api)),
      ]),
    ),
  };
}

/** The tags that CloudFormation puts on a stack's resources. */
function stackTags(
  { stack, logicalId }: Resource,
  { region, accountId }: Pick<LocalTemplate, "region" | "accountId">,
): Readonly<Record<string, string>> {
  return {
    "aws:cloudformation:stack-name": stack,
    "aws:cloudformation:logical-id": logicalId,
    "aws:cloudformation:stack-id": `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/00000000-0000-4000-8000-000000000000`,
  };
}
