import type { AccessEvent } from "../../domain/event/access-event.ts";
import { askAgain, departuresFrom } from "../../domain/event/ask-again.ts";
import type { Outcome } from "./run-request.ts";
import type { World } from "./world.ts";

/**
 * Evaluates every event again, from its JSON alone, and compares the decision with the recorded
 * one.
 */
export async function runReplay(world: World, sent: readonly string[]): Promise<Outcome> {
  const events = (await Promise.all(sent.map((id) => world.eventsOf(id)))).flat();
  const { ask, digest } = world.policies();
  const counts = { asked: 0, "decided-before-policy": 0, unreadable: 0 };
  const differences = events.flatMap((event) => {
    const again = askAgain(JSON.parse(JSON.stringify(event)) as AccessEvent, ask);
    counts[again.status] += 1;
    if (again.status === "unreadable") return `${event.metadata.uid}: ${again.why}`;
    return [
      ...departuresFrom(event, again.decision),
      ...(event.unmapped.sallyport.policy_digest === digest ? [] : ["policy_digest"]),
    ].map((field) => `${event.metadata.uid}: ${field} differs`);
  });
  const before = counts["decided-before-policy"];
  return {
    got: `${counts.asked} evaluated again, ${before} decided before the policies`,
    matched: differences.length === 0 && counts.asked > 0,
    differences,
  };
}
