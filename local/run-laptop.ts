import { setTimeout as sleep } from "node:timers/promises";
import type { PageMessage, StepMessage } from "../console/message.ts";
import { type Laptop, startLaptop } from "./laptop.ts";
import {
  LAPTOP_HELP,
  type LaptopCommandOptions,
  LaptopUsageError,
  readLaptopOptions,
} from "./laptop-options.ts";
import { createFeed, type Feed } from "./page/feed.ts";
import { publishLaptop } from "./page/publish-laptop.ts";
import { type PageServer, startPage } from "./page/server.ts";
import { collectFunctionErrors, type FunctionErrors } from "./scenario/function-errors.ts";
import { laptopWorld, readRisk } from "./scenario/laptop-world.ts";
import { printSummary, printTable, type ScenarioTimes, stepRecord, summaryRecord } from "./scenario/print.ts";
import { describeExpected, runScenario, type ScenarioListener } from "./scenario/run.ts";
import type { Step, StepResult } from "./scenario/step.ts";
import { STEPS } from "./scenario/steps.ts";
import { until } from "./scenario/until.ts";
import { listenForStop, type Stop } from "./stop.ts";
import { printWelcome } from "./welcome.ts";

export interface LaptopIo {
  /** Results only */
  readonly stdout: (text: string) => void;
  /** Progress and errors */
  readonly stderr: (text: string) => void;
}

const USUAL_PORT = 8484;
/** Slow enough to follow on the page */
const HUMAN_PACE_MS = 900;

/**
 * Runs `npm start` with its flags and resolves to the exit code: 0 all steps as expected, or
 * stopped while serving; 1 a step differs or the start failed; 2 wrong usage; 130 or 143 stopped by
 * a signal before the work was done.
 */
export async function runLaptop(argv: readonly string[], io: LaptopIo): Promise<number> {
  const stop = listenForStop();
  const functionErrors = collectFunctionErrors();
  try {
    const options = readLaptopOptions(argv);
    if (options.help) {
      io.stdout(LAPTOP_HELP);
      return 0;
    }
    return await startAndRun(options, io, stop, functionErrors);
  } catch (error) {
    if (stop.signal.aborted) return stop.exitCode();
    io.stderr(functionErrors.describe());
    io.stderr(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof LaptopUsageError ? 2 : 1;
  } finally {
    stop.close();
  }
}

async function startAndRun(
  options: LaptopCommandOptions,
  io: LaptopIo,
  stop: Stop,
  functionErrors: FunctionErrors,
): Promise<number> {
  const began = performance.now();
  const feed = createFeed();
  // The page comes first: a port that is taken is known before anything else starts.
  const page = options.once ? undefined : await openPage(feed, options.port);
  try {
    const laptop = await startLaptop({
      signal: stop.signal,
      onProgress: (doing) => io.stderr(`${doing} …\n`),
      onLog: (written) => {
        functionErrors.onLog(written);
        if (options.verbose) io.stderr(`[${written.functionName}] ${written.line}\n`);
      },
    });
    return await serveAndRun({ laptop, feed, page, began }, options, io, stop, functionErrors);
  } finally {
    await page?.close();
  }
}

interface Running {
  readonly laptop: Laptop;
  readonly feed: Feed;
  /** Absent with `--once` */
  readonly page: PageServer | undefined;
  /** Milliseconds of the process's own clock */
  readonly began: number;
}

/** Runs the scenario and, with a page, serves until a signal; closes the laptop. */
async function serveAndRun(
  { laptop, feed, page, began }: Running,
  options: LaptopCommandOptions,
  io: LaptopIo,
  stop: Stop,
  functionErrors: FunctionErrors,
): Promise<number> {
  const publish = (message: PageMessage): void => {
    feed.publish(message);
    if (options.json && (message.kind === "decision" || message.kind === "finding")) writeLine(io, message);
  };
  const publication = publishLaptop(laptop, (user) => readRisk(laptop, user), publish);
  try {
    if (page !== undefined) io.stderr(await printWelcome(laptop, page.url));
    const startup = Math.round(performance.now() - began);
    const world = laptopWorld(laptop, publication.observation, until, stop.signal);
    const results = await runScenario(STEPS, world, listenerFor(options, io, publish, stop.signal));
    const times = { startup, scenario: Math.round(performance.now() - began) - startup };
    report(results, times, options, io);
    const asExpected = results.every(({ matched }) => matched);
    if (!asExpected && !options.verbose) io.stderr(functionErrors.describe());
    if (page === undefined) return asExpected ? 0 : 1;
    io.stderr(`The laptop runs until Ctrl-C. Page: ${page.url}\n`);
    await stop.requested;
    return 0;
  } finally {
    await publication.close();
    await laptop.close();
  }
}

/** The requested port, or the default, or any free one. */
async function openPage(feed: Feed, port: number | undefined): Promise<PageServer> {
  try {
    return await startPage(feed, port ?? USUAL_PORT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    if (port !== undefined) throw new Error(`Port ${port} is taken. Choose another with --port.`);
    return startPage(feed);
  }
}

function listenerFor(
  { once, json }: LaptopCommandOptions,
  io: LaptopIo,
  publish: (message: PageMessage) => void,
  signal: AbortSignal,
): ScenarioListener {
  const showStep = (step: Step, index: number, status: StepMessage["status"], got = ""): void => {
    const { chapter, name } = step;
    publish({ kind: "step", index, chapter, name, status, expected: describeExpected(step), got });
  };
  for (const [index, step] of STEPS.entries()) showStep(step, index, "waiting");
  let chapter = "";
  return {
    onStart: async (step, index) => {
      if (!once) await sleep(HUMAN_PACE_MS, undefined, { signal });
      signal.throwIfAborted();
      if (step.chapter !== chapter) io.stderr(`${step.chapter} …\n`);
      chapter = step.chapter;
      showStep(step, index, "running");
    },
    onEnd: (result) => {
      const got = [result.got, ...(result.differences ?? [])].join("; ");
      showStep(result.step, result.index, result.matched ? "matched" : "differs", got);
      if (json) writeLine(io, stepRecord(result));
    },
  };
}

function report(
  results: readonly StepResult[],
  times: ScenarioTimes,
  { json }: LaptopCommandOptions,
  io: LaptopIo,
): void {
  if (json) writeLine(io, summaryRecord(results, times));
  else io.stdout(`\n${printTable(results)}\n${printSummary(results, times)}`);
}

const writeLine = (io: LaptopIo, record: object): void => io.stdout(`${JSON.stringify(record)}\n`);
