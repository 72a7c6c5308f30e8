import type { AccessEvent } from "./access-event.ts";

/**
 * Puts an event on the bus within `budget` milliseconds, or rejects. The caller waits for one call before it makes the
 * next, as in a Lambda environment.
 */
export type PublishAccessEvent = (event: AccessEvent, budget: number) => Promise<void>;
