/** A request to stop, by Ctrl-C or SIGTERM. */
export interface Stop {
  /** Aborts with the first of the signals */
  readonly signal: AbortSignal;
  /** Resolves with it too */
  readonly requested: Promise<void>;
  /** What a shell expects of a program that a signal ended: 130 or 143 */
  readonly exitCode: () => number;
  readonly close: () => void;
}

/** Listens for the first signal only: a second Ctrl-C ends the process at once, as always. */
export function listenForStop(emitter: Pick<NodeJS.Process, "once" | "off"> = process): Stop {
  const controller = new AbortController();
  let exitCode = 130;
  const stop = (signal: NodeJS.Signals): void => {
    if (signal === "SIGTERM") exitCode = 143;
    close();
    controller.abort(new Error(`Stopped by ${signal}`));
  };
  const close = (): void => {
    emitter.off("SIGINT", stop);
    emitter.off("SIGTERM", stop);
  };
  emitter.once("SIGINT", stop);
  emitter.once("SIGTERM", stop);
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return { signal: controller.signal, requested, exitCode: () => exitCode, close };
}
