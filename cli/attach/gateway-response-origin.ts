import { gatewayResponses } from "../../contract/gateway-responses.ts";
import type { ApiState, GatewayResponseState } from "../../domain/attach/api-state.ts";
import { isSame } from "../../domain/canonical-json.ts";

const ORIGIN = "gatewayresponse.header.Access-Control-Allow-Origin";

/**
 * What a REST API is to answer denials with: for the origin that is asked for, or that ours in the
 * API name, or any.
 */
export const wantedGatewayResponses = (api: ApiState, origin?: string): readonly GatewayResponseState[] =>
  gatewayResponses(origin ?? originsOf(api)[0] ?? "*");

/** All forms in which gateway responses of this API are ours. */
export const ourGatewayResponses = (api: ApiState): readonly GatewayResponseState[] =>
  originsOf(api).flatMap((origin) => gatewayResponses(origin));

/** Origins that responses name which are ours but for the origin. */
function originsOf({ gatewayResponses: present }: ApiState): readonly string[] {
  const origins = present.flatMap((response) => {
    const origin = response.parameters[ORIGIN]?.slice(1, -1);
    if (origin === undefined) return [];
    return gatewayResponses(origin).some((ours) => isSame(ours, response)) ? [origin] : [];
  });
  return [...new Set(origins)];
}
