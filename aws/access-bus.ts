import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { ACCESS_EVENT } from "../contract/bus.ts";
import type { AccessEvent } from "../domain/access-event.ts";

/**
 * Puts an event on the bus within `budget` milliseconds, or rejects. One call at a time is expected, as in a Lambda environment.
 */
export type PublishAccessEvent = (event: AccessEvent, budget: number) => Promise<void>;

/** Milliseconds between attempts, which are one more. The caller's budget may end them earlier. */
const PAUSES = [25, 100, 400];

/** The client makes one attempt: a refused entry is no error to it, so what comes after a failure is decided here for both. */
export function createAccessBusClient(): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 200, requestTimeout: 500, throwOnRequestTimeout: true },
  });
}

/**
 * Publishes by PutEvents. A refused entry rejects too: PutEvents answers 200 and counts failures in the body.
 *
 * A first failure is taken for a hiccup, and tried again a few times. From then on an outage is assumed, in which an environment
 * that waited would be one more that Lambda has to start: one attempt each, until one succeeds.
 * Delivery is at least once; `metadata.uid` tells repetitions.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createPublishAccessEvent(
  client: Pick<EventBridgeClient, "send">,
  eventBusName: string,
): PublishAccessEvent {
  let outage = false;
  return async (event, budget) => {
    const entry = {
      EventBusName: eventBusName,
      Source: ACCESS_EVENT.source,
      DetailType: ACCESS_EVENT.detailType,
      Time: new Date(event.time),
      Detail: JSON.stringify(event),
    };
    const over = AbortSignal.timeout(budget);
    const pauses = outage ? [] : PAUSES;
    for (let attempt = 0; ; attempt++) {
      try {
        await put(client, entry, over);
        outage = false;
        return;
      } catch (error) {
        const pause = pauses[attempt];
        if (pause !== undefined) await sleep(pause, undefined, { signal: over }).catch(() => {});
        if (pause === undefined || over.aborted) {
          outage = true;
          throw error;
        }
      }
    }
  };
}

async function put(
  client: Pick<EventBridgeClient, "send">,
  entry: PutEventsRequestEntry,
  abortSignal: AbortSignal,
): Promise<void> {
  const output = await client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
  const [answer] = output.Entries ?? [];
  if (output.FailedEntryCount !== 0 || answer?.EventId === undefined) {
    throw new Error(`the event bus refused the event: ${answer?.ErrorCode ?? "no reason given"}`);
  }
}
