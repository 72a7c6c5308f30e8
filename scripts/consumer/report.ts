import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Outcome {
  readonly app: string;
  readonly step: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/** Runs steps, says of each what became of it, and keeps the output of those that failed. */
export class Report {
  readonly #folder: string;
  readonly #outcomes: Outcome[] = [];

  /** @param folder where the output of failed steps is kept */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
  }

  /** Resolves to whether the step passed: it did unless it throws. */
  async step(app: string, step: string, run: () => unknown): Promise<boolean> {
    const started = performance.now();
    let failure: unknown;
    try {
      await run();
    } catch (error) {
      failure = error;
    }
    const ok = failure === undefined;
    const seconds = (performance.now() - started) / 1000;
    this.#outcomes.push({ app, step, ok, seconds });
    console.log(`${ok ? "ok    " : "FAILED"} ${app}: ${step} (${seconds.toFixed(1)} s)`);
    if (!ok) this.#keep(app, step, failure);
    return ok;
  }

  #keep(app: string, step: string, failure: unknown): void {
    const text = failure instanceof Error ? failure.message : String(failure);
    mkdirSync(this.#folder, { recursive: true });
    const file = join(this.#folder, `${app}-${step}.log`.replaceAll(/[^\w.-]+/g, "-"));
    writeFileSync(file, text);
    const shown = text
      .split("\n")
      .slice(0, 25)
      .map((line) => `       ${line.slice(0, 200)}`);
    console.log(`${shown.join("\n")}\n       The whole of it: ${file}`);
  }

  /** Prints a table of all steps, an app a block; true if all passed and there were any. */
  summarize(): boolean {
    const width = Math.max(...this.#outcomes.map(({ app }) => app.length));
    console.log("\nConsumer test");
    for (const { app, step, ok, seconds } of this.#outcomes) {
      console.log(
        `  ${ok ? "ok    " : "FAILED"} ${app.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${step}`,
      );
    }
    const failed = this.#outcomes.filter(({ ok }) => !ok).length;
    console.log(`${this.#outcomes.length - failed} passed, ${failed} failed`);
    return failed === 0 && this.#outcomes.length > 0;
  }
}
