import type { AuthorizationType } from "../../domain/attach/api-state.ts";
import { ControlError } from "./control-error.ts";

/** One of the types that the service names; throws on any other, which must not be taken for open. */
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
    message: `${routeKey} asks its callers for ${type ?? "nothing that API Gateway names"}, which this version does not know.`,
    next: "Nothing was changed. Use a version of Sallyport that knows it.",
  });
}
