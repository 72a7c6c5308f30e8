import { ControlError } from "../../aws/api-gateway/control-error.ts";
import type { ApiState } from "../../domain/attach/api-state.ts";
import type { ApiControl } from "../../domain/attach/control.ts";

/**
 * Reads an API by the control plane that `open` finds it with; undefined: no API has that id.
 * What disappears while it is read, such as a deployment that an owner deletes, rejects: it does
 * not make the API one that is gone, whose findings would resolve.
 */
export async function readAttached(
  open: () => Promise<{ readonly control: Pick<ApiControl, "read"> }>,
): Promise<ApiState | undefined> {
  const opened = await open().catch((error: unknown) => {
    if (error instanceof ControlError && error.kind === "not-found") return undefined;
    throw error;
  });
  return opened?.control.read();
}
