import type { AuthorizationType } from "../../domain/attach/api-state.ts";
import { ControlError } from "./control-error.ts";

/** One of the service's authorization types; throws on any other, which must not count as open. */
export function knownAuthorization(
  type: string | undefined,
  known: readonly AuthorizationType[],
  operation: string,
  routeKey: string,
): AuthorizationType {
  const found = known.find((candidate) => candidate === type);
  if (found !== undefined) return found;
  throw new ControlError({
    kind: "invalid",
    operation,
    message: `${routeKey} has the authorization type ${type ?? "(none)"}, which this version of Sallyport does not support.`,
    next: "Nothing was changed. Use a version of Sallyport that supports it.",
  });
}
