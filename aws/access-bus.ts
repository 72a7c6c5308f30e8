import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { ACCESS_EVENT } from "../contract/bus.ts";
import type { PublishAccessEvent } from "../domain/event/publish-access-event.ts";
import { type RetryDelays, retryDelay } from "../domain/retry-delay.ts";

const ATTEMPTS = 4;
/** Milliseconds between attempts. The caller's budget may end them earlier. */
const PAUSES: RetryDelays = { first: 100, longest: 400, spread: 0.25 };
/** Milliseconds for an attempt, including reading the whole response */
const ATTEMPT = 500;

/**
 * The client makes one attempt: it does not treat a refused entry as an error, so this module
 * decides on retries for both.
 */
export function createAccessBusClient(): EventBridgeClient {
  return new EventBridgeClient({ maxAttempts: 1 });
}

/**
 * Publishes by PutEvents. A refused entry rejects too: PutEvents answers 200 and counts failures in
 * the body.
 *
 * The first failure, of any kind, is treated as transient and retried a few times. From then on the
 * bus counts as down, and each event gets one attempt until one succeeds: waiting environments
 * would only make Lambda start more. Running out of a small budget does not count as a failure of
 * the bus. Delivery is at least once; `metadata.uid` identifies duplicates.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createPublishAccessEvent(
  client: Pick<EventBridgeClient, "send">,
  eventBusName: string,
  random: () => number = Math.random,
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
    let failure: unknown;
    const attempts = outage ? 1 : ATTEMPTS;
    for (let failures = 0; failures < attempts; failures++) {
      try {
        if (failures > 0) await sleep(retryDelay(failures, PAUSES, random()), undefined, { signal: over });
        await put(client, entry, AbortSignal.any([over, AbortSignal.timeout(ATTEMPT)]));
        outage = false;
        return;
      } catch (error) {
        // The bus's own error says more than the timeout after it.
        if (over.aborted) throw failure ?? error;
        failure = error;
        outage = true;
      }
    }
    throw failure;
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
