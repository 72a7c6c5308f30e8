import type { AccessEvent } from "./access-event.ts";

/**
 * Sends an event to the bus within `budget` milliseconds, or rejects. The caller awaits each call
 * before the next one, as in a Lambda environment.
 */
export type PublishAccessEvent = (event: AccessEvent, budget: number) => Promise<void>;
