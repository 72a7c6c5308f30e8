import { GatewayResponse, type IRestApi, ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";
import type { Construct } from "constructs";
import { gatewayResponses } from "../../contract/gateway-responses.ts";

/** How a REST API answers the requests that it denies. */
export interface RestGatewayResponsesProps {
  /**
   * The origin that browsers may read denials from, or `*`.
   * @default "*" which is safe here: callers authenticate with a header and never with cookies
   */
  readonly allowOrigin?: string;
}

/**
 * Makes a REST API answer denials so that clients can act on them: see
 * contract/gateway-responses.ts. Takes effect with the API's next deployment.
 */
export function addRestGatewayResponses(
  scope: Construct,
  restApi: RestApi | IRestApi,
  props: RestGatewayResponsesProps = {},
): void {
  for (const { type, statusCode, parameters, templates } of gatewayResponses(props.allowOrigin)) {
    new GatewayResponse(scope, constructId(type), {
      // CDK's own RestApi misses IRestApi by an optional property only.
      restApi: restApi as IRestApi,
      type: ResponseType.of(type),
      responseHeaders: Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name.replace("gatewayresponse.header.", ""),
          value,
        ]),
      ),
      templates,
      ...(statusCode !== undefined && { statusCode }),
    });
  }
}

/** `ACCESS_DENIED` → `AccessDenied` */
const constructId = (type: string): string =>
  type
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join("");
