import { ACCESS_EVENT } from "../../../contract/bus.ts";
import type { EventListener } from "../../../local/eventbridge/event-bus.ts";
import { observe } from "../../../local/scenario/observe.ts";

const busEvent = (uid: string, requestId: string, source: string = ACCESS_EVENT.source) =>
  ({
    source,
    "detail-type": ACCESS_EVENT.detailType,
    detail: { metadata: { uid, correlation_uid: requestId } },
  }) as never;

describe("observe", () => {
  test("keeps every event by request, so that the scenario sees one that comes twice", () => {
    let heard: EventListener = () => {};
    const seen: string[] = [];
    const { eventsOf } = observe(
      {
        onEvent: (listener) => {
          heard = listener;
          return () => {};
        },
      },
      ({ metadata }) => seen.push(metadata.uid),
    );
    for (const event of [
      busEvent("a", "r1"),
      busEvent("a", "r1"),
      busEvent("b", "r2"),
      busEvent("c", "r2"),
      busEvent("d", "r1", "someone.else"),
    ])
      heard(event, "access");
    expect(eventsOf("r1")).toHaveLength(2);
    expect(eventsOf("r2")).toHaveLength(2);
    expect(eventsOf("r3")).toEqual([]);
    expect(seen).toEqual(["a", "a", "b", "c"]);
  });
});
