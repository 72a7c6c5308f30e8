import { createInterface } from "node:readline/promises";
import type { CommandIo } from "../command.ts";
import { type AttachClients, type ClientOptions, openClients } from "./open-clients.ts";

/** What a run touches of the outside besides its streams; tests hand in their own. */
export interface AttachWorld {
  readonly openClients: (request: ClientOptions) => Promise<AttachClients>;
  /** Milliseconds since 1970 */
  readonly now: () => number;
  /** Whether standard error is a terminal that somebody watches */
  readonly isTerminal: boolean;
  /** Asks whether to continue; undefined: standard input is not a terminal */
  readonly confirm: (question: string, io: CommandIo) => Promise<boolean | undefined>;
  /** Catches the signals that ask a run to stop, until `end` */
  readonly catchSignals: (io: CommandIo) => SignalWatch;
}

export interface SignalWatch {
  readonly stopped: () => NodeJS.Signals | undefined;
  readonly end: () => void;
}

export const realWorld: AttachWorld = {
  openClients,
  now: Date.now,
  isTerminal: process.stderr.isTTY === true,
  confirm: async (question, io) => {
    const stdin = io.stdin as NodeJS.ReadStream;
    if (!stdin.isTTY) return undefined;
    if (stdin.readableEnded || stdin.destroyed) return false;
    const lines = createInterface({ input: stdin, output: process.stderr });
    const never = new AbortController();
    // Without these, Ctrl-C, the end of the input or its failure would leave the question
    // unanswered for good.
    lines.on("close", () => never.abort());
    lines.on("error", () => never.abort());
    try {
      const answer = await lines.question(`${question} [y/N] `, { signal: never.signal });
      return /^y(es)?$/i.test(answer.trim());
    } catch (error) {
      if (never.signal.aborted) return false;
      throw error;
    } finally {
      lines.close();
    }
  },
  catchSignals: (io) => {
    let signal: NodeJS.Signals | undefined;
    const end = (): void => {
      process.off("SIGINT", listen);
      process.off("SIGTERM", listen);
    };
    const listen = (caught: NodeJS.Signals): void => {
      signal = caught;
      io.stderr(`\n${caught}: finishing the current call; repeat the signal to stop at once …\n`);
      end();
    };
    process.on("SIGINT", listen);
    process.on("SIGTERM", listen);
    return { stopped: () => signal, end };
  },
};
