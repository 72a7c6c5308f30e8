import type { PageMessage, StepMessage } from "../../../console/message.ts";
import { createFeed } from "../../../local/page/feed.ts";

const step = (index: number, status: StepMessage["status"] = "waiting"): PageMessage => ({
  kind: "step",
  index,
  chapter: "c",
  name: `step ${index}`,
  status,
  expected: "",
  got: "",
});
const never = new AbortController().signal;

describe("feed", () => {
  it("gives a reader what came after its position, oldest first", () => {
    const feed = createFeed();
    feed.publish(step(1));
    feed.publish(step(2));
    feed.publish(step(3));
    expect(feed.after(1).map(({ sequence, message }) => [sequence, (message as StepMessage).index])).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  it("keeps only the newest message of a key, in its new place", () => {
    const feed = createFeed();
    feed.publish(step(1, "running"));
    feed.publish(step(2));
    feed.publish(step(1, "matched"));
    expect(feed.after(0).map(({ message }) => message)).toEqual([step(2), step(1, "matched")]);
  });

  it("keeps at most its limit of each kind and drops the oldest", () => {
    const feed = createFeed(3);
    for (let index = 0; index < 10; index += 1) feed.publish(step(index));
    feed.publish({ kind: "about", apis: [], issuer: "i", timeZone: "UTC", thresholds: [], factors: [] });
    expect(feed.after(0).map(({ sequence }) => sequence)).toEqual([8, 9, 10, 11]);
  });

  it("wakes a waiting reader on a new message and on abort, and does not make it wait for what is there", async () => {
    const feed = createFeed();
    const first = feed.changed(0, never);
    feed.publish(step(1));
    await first;
    await feed.changed(0, never);
    const gone = new AbortController();
    const second = feed.changed(1, gone.signal);
    gone.abort();
    await second;
  });

  it("knows its own positions and takes any other for none", () => {
    const feed = createFeed();
    feed.publish(step(1));
    expect(feed.positionOf(feed.eventId(1))).toEqual({ sequence: 1, reset: false });
    const other = createFeed();
    other.publish(step(1));
    for (const id of [
      undefined,
      "",
      "7",
      "zzzzzzzz-1",
      `${feed.eventId(1)}9`,
      other.eventId(1),
      "__proto__",
    ]) {
      expect(feed.positionOf(id)).toEqual({ sequence: 0, reset: true });
    }
  });
});
