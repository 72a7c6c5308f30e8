import { VERSION } from "../../contract/version.ts";
import type { AccessResult } from "../../domain/decision/access-result.ts";
import { type AccessEvent, describeAccess } from "../../domain/event/access-event.ts";
import { answeredStatus } from "./render-response.ts";

/** Describes a result for the event bus. Pure. */
export function describeResult(result: AccessResult): AccessEvent {
  return describeAccess(result, VERSION, answeredStatus(result));
}
