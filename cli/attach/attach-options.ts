import type { ApiState } from "../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../domain/attach/attach-plan.ts";
import type { Attachment } from "../../domain/attach/attachment.ts";
import { UsageError } from "../command.ts";
import { wantedGatewayResponses } from "./gateway-response-origin.ts";
import type { AttachRequest } from "./options.ts";

/** The options of a plan; the record supplies what the request leaves out. */
export function attachOptions(
  request: AttachRequest,
  api: ApiState,
  record: Attachment | undefined,
): AttachOptions {
  const { credentialsArn, stages, enforce, canaryPercent } = request;
  return {
    functionArn: functionOf(request, record),
    ...(credentialsArn !== undefined && { credentialsArn }),
    grant: request.grant,
    ...(stages !== undefined && { stages }),
    ...(enforce !== undefined && { enforce }),
    replace: request.replace,
    exclude: request.exclude ?? record?.excluded ?? [],
    ...(canaryPercent !== undefined && { canaryPercent }),
    acceptDrift: request.acceptDrift,
    replaceGatewayResponses: request.replaceGatewayResponses,
    gatewayResponses: wantedGatewayResponses(api, request.allowOrigin),
  };
}

/** The authorizer function that the API invokes or will invoke. */
function functionOf(request: AttachRequest, record: Attachment | undefined): string {
  const functionArn = request.functionArn ?? record?.functionArn;
  if (functionArn === undefined)
    throw new UsageError(
      "--authorizer is missing: the API is not attached yet.",
      "Pass the ARN of the authorizer function: the stack output AuthorizerArn.",
    );
  return functionArn;
}
