import type { AttachPlan } from "../../domain/attach/attach-plan.ts";
import type { CommandIo } from "../command.ts";
import { printable } from "../printable.ts";
import { applyPlan, lookFurther, planOf, refuse } from "./apply-session.ts";
import { type AttachFlags, attachOptions } from "./options.ts";
import { printNotices, printPlan, printSteps } from "./print-plan.ts";
import { mayGoOn, type Started, start, tellStopped, tellUnchanged } from "./started.ts";
import type { AttachWorld } from "./world.ts";

/** Exit codes: 0 nothing to do or pending, 1 refused, 3 pending with `--detailed-exit-code`. */
export async function runPlan(flags: AttachFlags, io: CommandIo, world: AttachWorld): Promise<number> {
  const started = await start(flags, io, world);
  const { plan } = await firstPlan(flags, started);
  tellPlan(flags, io, started, plan);
  if (plan.refusals.length > 0) return 1;
  return plan.steps.length > 0 && flags["detailed-exit-code"] === true ? 3 : 0;
}

export async function runApply(flags: AttachFlags, io: CommandIo, world: AttachWorld): Promise<number> {
  const watch = world.catchSignals(io);
  try {
    const started = await start(flags, io, world, watch.stopped);
    const { plan, options } = await firstPlan(flags, started);
    if (flags["dry-run"] === true) {
      tellPlan(flags, io, started, plan);
      return plan.refusals.length > 0 ? 1 : 0;
    }
    refuse(plan.refusals);
    io.stderr(`${printSteps(plan.steps)}${printNotices(plan.warnings)}`);
    const question = `Change the API ${printable(started.api.name)}?`;
    if (plan.steps.length > 0 && !(await mayGoOn(flags, question, io, world))) {
      return tellUnchanged(flags, started, io);
    }
    const result = await applyPlan(started.session, options).finally(started.progress.end);
    if (result.status === "stopped") return tellStopped(flags, result, started, io);
    tellApplied(flags, io, started, plan, result.steps);
    return 0;
  } finally {
    watch.end();
  }
}

async function firstPlan(flags: AttachFlags, { session, api }: Started) {
  const options = attachOptions(flags, api, session.record.current());
  return { options, plan: planOf(session, await lookFurther(session, api), options) };
}

function tellPlan(flags: AttachFlags, io: CommandIo, { api, session }: Started, plan: AttachPlan): void {
  const { address } = session;
  io.stdout(
    flags.json === true
      ? `${JSON.stringify({ address, kind: api.kind, name: api.name, ...plan, routes: plan.routes.map(({ id: _, byUs: __, ...route }) => route) })}\n`
      : printPlan(api, plan),
  );
}

function tellApplied(
  flags: AttachFlags,
  io: CommandIo,
  { doors, elapsed, session, path, api }: Started,
  { stages, warnings }: AttachPlan,
  steps: number,
): void {
  const attachment = session.record.current();
  const figures = {
    routes: attachment?.guarded.length ?? 0,
    steps,
    calls: doors.calls(),
    seconds: Math.round(elapsed() / 100) / 10,
  };
  const enforce = Object.fromEntries(stages.map(({ name, enforce }) => [name, enforce ?? "all"]));
  if (flags.json === true) {
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
