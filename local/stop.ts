/** A request to stop: Ctrl-C, SIGTERM, or a closed terminal. */
export interface Stop {
  /** Aborts with the first of the signals */
  readonly signal: AbortSignal;
  /** Resolves with the same signal */
  readonly requested: Promise<void>;
  /** The exit code that shells expect after a signal: 128 plus the signal's number */
  readonly exitCode: () => number;
  readonly close: () => void;
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
type Heard = keyof typeof EXIT_CODES;
const HEARD = Object.keys(EXIT_CODES) as Heard[];

/** Listens for the first signal only: a second Ctrl-C ends the process at once, as usual. */
export function listenForStop(emitter: Pick<NodeJS.Process, "once" | "off"> = process): Stop {
  const controller = new AbortController();
  let exitCode = EXIT_CODES.SIGINT;
  const stop = (signal: NodeJS.Signals): void => {
    exitCode = EXIT_CODES[signal as Heard];
    close();
    controller.abort(new Error(`Stopped by ${signal}`));
  };
  const close = (): void => {
    for (const signal of HEARD) emitter.off(signal, stop);
  };
  for (const signal of HEARD) emitter.once(signal, stop);
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return { signal: controller.signal, requested, exitCode: () => exitCode, close };
}
