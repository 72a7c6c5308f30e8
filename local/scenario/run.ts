import { FACTORS } from "../../domain/risk/factor-pack.ts";
import { RISK_FACTORS, type RiskFactor, type UserRisk } from "../../domain/risk/risk-state.ts";
import { runReplay } from "./run-replay.ts";
import { expectedWords, type Outcome, runRequest } from "./run-request.ts";
import type { FindingStep, ScoreStep, Step, StepResult } from "./step.ts";
import type { SeenFinding, World } from "./world.ts";

export interface ScenarioListener {
  readonly onStart?: (step: Step, index: number) => void | Promise<void>;
  readonly onEnd?: (result: StepResult) => void | Promise<void>;
}

/**
 * Runs the steps in order and compares results with expectations. A step that differs does not stop
 * the ones after it. Rejects only if the environment fails, for example if the gateway cannot be
 * reached.
 */
export async function runScenario(
  steps: readonly Step[],
  world: World,
  listener: ScenarioListener = {},
): Promise<readonly StepResult[]> {
  const sent: string[] = [];
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    await listener.onStart?.(step, index);
    const started = performance.now();
    const outcome = await runStep(step, world, sent);
    const took = Math.round(performance.now() - started);
    const result = { step, index, expected: describeExpected(step), ...outcome, took };
    results.push(result);
    await listener.onEnd?.(result);
  }
  return results;
}

function runStep(step: Step, world: World, sent: string[]): Promise<Outcome> {
  switch (step.kind) {
    case "request":
      return runRequest(step, world, sent);
    case "score":
      return runScore(step, world);
    case "finding":
      return runFinding(step, world);
    case "act":
      return runAct(step, world);
    case "events":
      return countEvents(world, sent);
    case "replay":
      return runReplay(world, sent);
  }
}

/** The expectation of a step, as the table and the page show it. */
export function describeExpected(step: Step): string {
  switch (step.kind) {
    case "request":
      return `${step.times === undefined ? "" : `${step.times} × `}${expectedWords(step.expect)}`;
    case "score":
      return `score ${step.expect.score} (${factorWords(step.expect.factors)})`;
    case "finding":
      return step.expect.severity === "none" ? "no finding" : findingWords(step.expect);
    case "act":
      return "done";
    case "events":
      return "one event each";
    case "replay":
      return "the same decisions";
  }
}

async function runScore({ persona, expect }: ScoreStep, world: World): Promise<Outcome> {
  const fits = (risk: UserRisk | undefined): boolean =>
    risk !== undefined &&
    risk.score === expect.score &&
    RISK_FACTORS.every((factor) => risk.factors[factor] === (expect.factors[factor] ?? 0));
  const risk = await world.until(() => world.riskOf(persona), fits);
  const got = risk === undefined ? "no score saved" : `score ${risk.score} (${factorWords(risk.factors)})`;
  return { got, matched: fits(risk) };
}

const findingWords = ({ severity, factors }: { severity: string; factors: readonly RiskFactor[] }): string =>
  `${severity} (${FACTORS.filter(({ name }) => factors.includes(name))
    .map(({ key }) => key)
    .join(", ")})`;

function factorWords(factors: Readonly<Partial<Record<string, number>>>): string {
  const present = FACTORS.filter(({ name }) => (factors[name] ?? 0) > 0);
  return present.map(({ name, key }) => `${key} ${factors[name]}`).join(", ") || "no factor";
}

async function runFinding({ persona, expect }: FindingStep, world: World): Promise<Outcome> {
  const read = (): readonly SeenFinding[] => world.findingsOf(persona);
  const words = (seen: readonly SeenFinding[]): string => seen.map(findingWords).join(" / ") || "no finding";
  if (expect.severity === "none") {
    const seen = read();
    return { got: words(seen), matched: seen.length === 0 };
  }
  const wanted = [...expect.factors].sort().join();
  const fits = (seen: readonly SeenFinding[]): boolean =>
    seen.length === 1 &&
    seen[0]?.severity === expect.severity &&
    [...seen[0].factors].sort().join() === wanted;
  const seen = await world.until(read, fits);
  return { got: words(seen), matched: fits(seen) };
}

async function runAct({ persona, act }: Extract<Step, { kind: "act" }>, world: World): Promise<Outcome> {
  await (act === "end-session" ? world.endSession(persona) : world.authenticateAgain(persona));
  return { got: "done", matched: true };
}

async function countEvents(world: World, sent: readonly string[]): Promise<Outcome> {
  const counts = await Promise.all(sent.map(async (id) => (await world.eventsOf(id)).length));
  const without = counts.filter((count) => count === 0).length;
  const repeated = counts.filter((count) => count > 1).length;
  if (without + repeated === 0)
    return { got: `${sent.length} requests, ${sent.length} events`, matched: true };
  return {
    got: `${sent.length} requests, ${without} without an event, ${repeated} with several`,
    matched: false,
  };
}
