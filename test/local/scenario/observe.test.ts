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

  test("forgets the oldest request when it holds the most it may", () => {
    let heard: EventListener = () => {};
    const onEvent = (listener: EventListener) => {
      heard = listener;
      return () => {};
    };
    const { eventsOf } = observe({ onEvent }, () => {}, 2);
    for (const id of ["r1", "r2", "r3"]) heard(busEvent(id, id), "access");
    for (let again = 0; again < 5; again += 1) heard(busEvent("r3", "r3"), "access");
    expect(["r1", "r2", "r3"].map((id) => eventsOf(id).length)).toEqual([0, 1, 2]);
  });
});
