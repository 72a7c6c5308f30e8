import type { InvokeResult } from "../../lambda/lambda-runtime.ts";
import type { InvokeFunction } from "./gateway-resource.ts";

/** Never rejects: a function that cannot be reached counts as failed. */
export async function invokeSafely(
  invoke: InvokeFunction,
  functionArn: string,
  event: unknown,
): Promise<InvokeResult> {
  try {
    return await invoke(functionArn, event);
  } catch (error) {
    return { status: "error", errorType: "InvokeFailure", errorMessage: String(error), durationMs: 0 };
  }
}
