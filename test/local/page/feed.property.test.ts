import fc from "fast-check";
import type { PageMessage } from "../../../console/message.ts";
import { applyMessage, EMPTY, type PageState, resetState } from "../../../console/state.ts";
import { createFeed } from "../../../local/page/feed.ts";

const name = fc.constantFrom("a", "b", "c");
const message: fc.Arbitrary<PageMessage> = fc.oneof(
  fc
    .record({ key: name, score: fc.nat(100) })
    .map(({ key, score }): PageMessage => ({ kind: "risk", key, user: key, score, factors: [], at: 0 })),
  fc.record({ index: fc.nat(3), got: fc.string() }).map(
    ({ index, got }): PageMessage => ({
      kind: "step",
      index,
      chapter: "c",
      name: "n",
      status: "running",
      expected: "",
      got,
    }),
  ),
);

/** A reader as the page is one: it stops anywhere and comes back with the last id that it saw. */
function createReader(feed: ReturnType<typeof createFeed>) {
  let state: PageState = EMPTY;
  let lastEventId: string | undefined;
  return {
    catchUp: (most: number): void => {
      const position = feed.positionOf(lastEventId);
      if (position.reset) state = resetState(state);
      for (const entry of feed.after(position.sequence).slice(0, most)) {
        state = applyMessage(state, entry.message);
        lastEventId = feed.eventId(entry.sequence);
      }
    },
    state: () => state,
  };
}

it("ends in the same state however often a reader leaves and comes back", () => {
  const act = fc.oneof(message, fc.nat(4));
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const feed = createFeed(4);
      const restless = createReader(feed);
      for (const one of acts) typeof one === "number" ? restless.catchUp(one) : feed.publish(one);
      restless.catchUp(Number.POSITIVE_INFINITY);
      const late = createReader(feed);
      late.catchUp(Number.POSITIVE_INFINITY);
      const scores = ({ risks }: PageState) => risks.map(({ key, score }) => `${key} ${score}`).sort();
      expect(restless.state().steps).toEqual(late.state().steps);
      expect(scores(restless.state())).toEqual(scores(late.state()));
    }),
  );
});
