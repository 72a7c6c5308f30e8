import type { AttachPlan } from "../../domain/attach/attach-plan.ts";
import type { CommandIo } from "../command.ts";
import { printable } from "../printable.ts";
import { applyPlan, assertNoRefusals, lookFurther, planOf } from "./apply-session.ts";
import { attachOptions } from "./attach-options.ts";
import { type AttachRun, confirmed, reportStopped, reportUnchanged, start } from "./attach-run.ts";
import type { AttachRequest } from "./options.ts";
import { printNotices, printPlan, printSteps } from "./print-plan.ts";
import type { AttachWorld } from "./world.ts";

/** Exit codes: 0 nothing to do or pending, 1 refused, 3 pending with `--detailed-exit-code`. */
export async function runPlan(request: AttachRequest, io: CommandIo, world: AttachWorld): Promise<number> {
  const started = await start(request, io, world);
  const { plan } = await firstPlan(request, started);
  reportPlan(request, io, started, plan);
  if (plan.refusals.length > 0) return 1;
  return plan.steps.length > 0 && request.detailedExitCode ? 3 : 0;
}

export async function runApply(request: AttachRequest, io: CommandIo, world: AttachWorld): Promise<number> {
  const watch = world.catchSignals(io);
  try {
    const started = await start(request, io, world, watch.stopped);
    const { plan, options } = await firstPlan(request, started);
    if (request.dryRun) {
      reportPlan(request, io, started, plan);
      return plan.refusals.length > 0 ? 1 : 0;
    }
    assertNoRefusals(plan.refusals);
    io.stderr(`${printSteps(plan.steps)}${printNotices(plan.warnings)}`);
    const question = `Change the API ${printable(started.api.name)}?`;
    if (plan.steps.length > 0 && !(await confirmed(request, question, io, world))) {
      return reportUnchanged(request, started, io);
    }
    const result = await applyPlan(started.session, options).finally(started.progress.end);
    if (result.status === "stopped") return reportStopped(request, result, started, io);
    reportApplied(request, io, started, plan, result.steps);
    return 0;
  } finally {
    watch.end();
  }
}

async function firstPlan(request: AttachRequest, { session, api }: AttachRun) {
  const options = attachOptions(request, api, session.record.current());
  return { options, plan: planOf(session, await lookFurther(session, api), options) };
}

function reportPlan(
  request: AttachRequest,
  io: CommandIo,
  { api, session }: AttachRun,
  plan: AttachPlan,
): void {
  const { address } = session;
  io.stdout(
    request.json
      ? `${JSON.stringify({ address, kind: api.kind, name: api.name, ...plan, routes: plan.routes.map(({ id: _, byUs: __, ...route }) => route) })}\n`
      : printPlan(api, plan),
  );
}

function reportApplied(
  request: AttachRequest,
  io: CommandIo,
  { clients, elapsed, session, path, api }: AttachRun,
  { stages, warnings }: AttachPlan,
  steps: number,
): void {
  const attachment = session.record.current();
  const figures = {
    routes: attachment?.guarded.length ?? 0,
    steps,
    calls: clients.calls(),
    seconds: Math.round(elapsed() / 100) / 10,
  };
  const enforce = Object.fromEntries(stages.map(({ name, enforce }) => [name, enforce ?? "all"]));
  if (request.json) {
    io.stdout(
      `${JSON.stringify({ address: session.address, status: "attached", enforce, snapshot: path, warnings, ...figures })}\n`,
    );
    return;
  }
  const modes = Object.entries(enforce).map(([name, value]) => `${name} enforces ${value}`);
  io.stdout(
    steps === 0
      ? `The API ${printable(api.name)} is attached; there was nothing to do.\n`
      : `The API ${printable(api.name)} is attached: ${figures.routes} routes; ${modes.join(", ")}. ${steps} steps, ${figures.calls} calls, ${figures.seconds} s.\nWhat it was before is in ${path}. Next: sallyport attach verify --api ${session.address.apiId}\n`,
  );
}
