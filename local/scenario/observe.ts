import { ACCESS_EVENT } from "../../contract/bus.ts";
import type { AccessEvent } from "../../domain/event/access-event.ts";
import type { EventBuses } from "../eventbridge/event-bus.ts";

/** The access events of each request. */
export interface Observation {
  readonly eventsOf: (requestId: string) => readonly AccessEvent[];
  readonly close: () => void;
}

/** Keeps a bus's access events by the gateway's request id, for the newest `limit` requests. */
export function observe(
  bus: Pick<EventBuses, "onEvent">,
  onDecision: (event: AccessEvent) => void,
  limit = 1000,
): Observation {
  const byRequest = new Map<string, AccessEvent[]>();
  const close = bus.onEvent(({ source, "detail-type": detailType, detail }) => {
    if (source !== ACCESS_EVENT.source || detailType !== ACCESS_EVENT.detailType) return;
    const event = detail as unknown as AccessEvent;
    const requestId = event.metadata.correlation_uid ?? "";
    byRequest.set(requestId, [...(byRequest.get(requestId) ?? []), event].slice(-limit));
    const [oldest] = byRequest.keys();
    if (byRequest.size > limit && oldest !== undefined) byRequest.delete(oldest);
    onDecision(event);
  });
  return { eventsOf: (requestId) => byRequest.get(requestId) ?? [], close };
}
