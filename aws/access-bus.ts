import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ACCESS_EVENT } from "../contract/bus.ts";
import type { AccessEvent } from "../domain/access-event.ts";

/** Puts an event on the bus within `budget` milliseconds, or rejects. */
export type PublishAccessEvent = (event: AccessEvent, budget: number) => Promise<void>;

export function createAccessBusClient(): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 200, requestTimeout: 200, throwOnRequestTimeout: true },
  });
}

/**
 * Publishes by PutEvents. A refused entry rejects too: PutEvents answers 200 and counts failures in the body.
 * Delivery is at least once; `metadata.uid` tells repetitions.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createPublishAccessEvent(
  client: Pick<EventBridgeClient, "send">,
  eventBusName: string,
): PublishAccessEvent {
  return async (event, budget) => {
    const entry = {
      EventBusName: eventBusName,
      Source: ACCESS_EVENT.source,
      DetailType: ACCESS_EVENT.detailType,
      Time: new Date(event.time),
      Detail: JSON.stringify(event),
    };
    const output = await client.send(new PutEventsCommand({ Entries: [entry] }), {
      abortSignal: AbortSignal.timeout(budget),
    });
    const [answer] = output.Entries ?? [];
    if (output.FailedEntryCount !== 0 || answer?.EventId === undefined) {
      throw new Error(`the event bus refused the event: ${answer?.ErrorCode ?? "no reason given"}`);
    }
  };
}
