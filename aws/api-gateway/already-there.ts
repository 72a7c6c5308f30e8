import type { AuthorizerState } from "../../domain/attach/api-state.ts";
import type { AuthorizerSpec } from "../../domain/attach/control.ts";
import { ControlError } from "./control-error.ts";

/** Lets a call that removes something succeed if it is already gone. */
export async function ignoreMissing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ControlError) || error.kind !== "not-found") throw error;
  }
}

/**
 * The id of the authorizer that a refused CreateAuthorizer was meant to make, if an earlier attempt
 * made it and its response was lost; otherwise rethrows the refusal. Authorizer names are unique
 * within an API, so there are never two.
 */
export function existingAuthorizer(
  error: unknown,
  spec: AuthorizerSpec,
  authorizers: readonly AuthorizerState[],
): string {
  const same = authorizers.find(
    ({ name, functionArn }) => name === spec.name && functionArn === spec.functionArn,
  );
  const mayBeThere =
    error instanceof ControlError &&
    (error.kind === "invalid" || error.kind === "conflict" || error.uncertain);
  if (mayBeThere && same !== undefined) return same.id;
  throw error;
}
