import { GatewayBootError, type GatewayResource, isTrue, optionalText, textMap } from "./gateway-resource.ts";

/**
 * The parameters that a method's validator requires, as `method.request.header.x`. Does not
 * validate bodies: models are refused.
 */
export function requiredParametersOf(
  method: GatewayResource,
  validators: ReadonlyMap<string, GatewayResource>,
): readonly string[] {
  const id = optionalText(method, "RequestValidatorId");
  if (id === undefined) return [];
  const validator = validators.get(id);
  if (validator === undefined)
    throw new GatewayBootError(method, "its request validator must belong to this API");
  if (isTrue(validator, "ValidateRequestBody") && Object.keys(textMap(method, "RequestModels")).length > 0)
    throw new GatewayBootError(method, "request bodies are not validated against models locally");
  if (!isTrue(validator, "ValidateRequestParameters")) return [];
  return Object.entries(textMap(method, "RequestParameters"))
    .filter(([, required]) => required === "true")
    .map(([name]) => name);
}
