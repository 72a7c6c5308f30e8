import { EventEmitter } from "node:events";
import { listenForStop } from "../../local/stop.ts";

const emitter = (): EventEmitter & Pick<NodeJS.Process, "once" | "off"> => new EventEmitter() as never;

describe("a request to stop", () => {
  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("hears %s once and knows its exit code", async (signal, code) => {
    const source = emitter();
    const stop = listenForStop(source);
    expect(stop.signal.aborted).toBe(false);
    source.emit(signal, signal);
    await stop.requested;
    expect([stop.signal.aborted, stop.exitCode()]).toEqual([true, code]);
    // The next one is Node's own again, which ends the process.
    expect(source.eventNames()).toEqual([]);
  });

  it("leaves nothing behind when closed", () => {
    const source = emitter();
    listenForStop(source).close();
    expect(source.eventNames()).toEqual([]);
  });
});
