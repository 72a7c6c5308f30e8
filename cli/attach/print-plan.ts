import type { ApiState } from "../../domain/attach/api-state.ts";
import type { AttachPlan } from "../../domain/attach/attach-plan.ts";
import type { Notice, Refusal, Step } from "../../domain/attach/step.ts";
import { printable } from "../printable.ts";
import { describeSteps } from "./perform-step.ts";

/** Rows as columns; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === row.length - 1 ? printable(cell) : printable(cell).padEnd(widths[at] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

export const describeApi = ({ kind, name, id, region, accountId }: ApiState): string =>
  `${{ rest: "REST", http: "HTTP", websocket: "WebSocket" }[kind]} API ${printable(name)} (${id}) in ${region} of ${accountId}\n`;

/** A plan for a person: routes, stages, steps, and what to know. */
export function printPlan(api: ApiState, plan: AttachPlan): string {
  const routes = plan.routes.map(({ verdict, key, apiKeyRequired, why }) => [
    verdict,
    key,
    `${why}${apiKeyRequired ? "; an API key stays required" : ""}`,
  ]);
  return [
    describeApi(api),
    "\n",
    table(routes),
    "\n",
    table(plan.stages.map(({ name, enforce }) => [`stage ${name}`, mode(enforce)])),
    "\n",
    printSteps(plan.steps),
    printNotices(plan.warnings, plan.effects),
    printRefusals(plan.refusals),
  ].join("");
}

/** What the variable of a stage means. */
export function mode(enforce: string | undefined): string {
  if (enforce === undefined) return "enforces everything (no mode set)";
  if (enforce === "none") return "monitors: records denials, lets every request through";
  return enforce === "all" ? "enforces everything" : `enforces the segments ${enforce}, monitors the rest`;
}

export function printSteps(steps: readonly Step[]): string {
  if (steps.length === 0) return "Nothing to do.\n";
  return `To do:\n${describeSteps(steps)
    .map((line, at) => `${String(at + 1).padStart(3)}. ${printable(line)}\n`)
    .join("")}`;
}

export function printNotices(warnings: readonly Notice[], effects: readonly Notice[] = []): string {
  const lines = [
    ...effects.map(({ message }) => `Note: ${message}`),
    ...warnings.map(({ message }) => `Warning: ${message}`),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

export const printRefusals = (refusals: readonly Refusal[]): string =>
  refusals
    .map(({ message, next }) => `Refused: ${printable(message)}\n         ${printable(next)}\n`)
    .join("");
