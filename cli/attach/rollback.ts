import { type Difference, differences } from "../../domain/attach/differences.ts";
import { type CommandIo, InputError } from "../command.ts";
import { printable } from "../printable.ts";
import { assertNoRefusals, lookFurther, restoreOf, rollBack } from "./apply-session.ts";
import {
  type AttachRun,
  attachedRecord,
  confirmed,
  reportStopped,
  reportUnchanged,
  start,
} from "./attach-run.ts";
import { forgetGone, isApiGone } from "./forget-gone.ts";
import { ourGatewayResponses } from "./gateway-response-origin.ts";
import type { AttachRequest } from "./options.ts";
import { describeApi, printNotices, printRefusals, printSteps } from "./print-plan.ts";
import type { AttachWorld } from "./world.ts";

/** Exit codes: 0 everything is as before, 1 refused, failed, or others changed something since. */
export async function runRollback(
  request: AttachRequest,
  io: CommandIo,
  world: AttachWorld,
): Promise<number> {
  const watch = world.catchSignals(io);
  try {
    const started = await start(request, io, world, watch.stopped).catch((error: unknown) => {
      if (isApiGone(error)) return error as Error;
      throw error;
    });
    if (started instanceof Error) return await forgetGone(request, io, world, started);
    const attachment = attachedRecord(started);
    const { session, api } = started;
    // With another function, the statement in this function's policy would stay behind.
    if (request.functionArn !== undefined && request.functionArn !== attachment.functionArn)
      throw new InputError(
        `--authorizer: this API is attached to ${attachment.functionArn}, not to ${request.functionArn}.`,
        "Pass that ARN, or leave --authorizer out.",
      );
    const options = {
      openNewRoutes: request.openNewRoutes,
      gatewayResponses: ourGatewayResponses(api),
    };
    const plan = restoreOf(session, await lookFurther(session, api), attachment, options);
    if (request.dryRun) {
      io.stdout(
        request.json
          ? `${JSON.stringify({ address: session.address, ...plan })}\n`
          : `${describeApi(api)}${printSteps(plan.steps)}${printNotices(plan.warnings)}${printRefusals(plan.refusals)}`,
      );
      return plan.refusals.length > 0 ? 1 : 0;
    }
    assertNoRefusals(plan.refusals);
    io.stderr(`${printSteps(plan.steps)}${printNotices(plan.warnings)}`);
    const question = `Remove Sallyport from the API ${printable(api.name)}?`;
    if (plan.steps.length > 0 && !(await confirmed(request, question, io, world))) {
      return reportUnchanged(request, started, io);
    }
    const result = await rollBack(session, attachment, options).finally(started.progress.end);
    if (result.status === "stopped") return reportStopped(request, result, started, io);
    // All of ours is gone, so there is nothing left that a record could put back.
    await session.record.close();
    const left = differences(attachment.snapshot.api, result.api ?? api);
    reportRolledBack(request, io, started, result.steps, left);
    return left.length === 0 ? 0 : 1;
  } finally {
    watch.end();
  }
}

function reportRolledBack(
  request: AttachRequest,
  io: CommandIo,
  { session, clients, elapsed, path, api }: AttachRun,
  steps: number,
  left: readonly Difference[],
): void {
  const calls = clients.calls();
  const seconds = Math.round(elapsed() / 100) / 10;
  if (request.json) {
    const { address } = session;
    io.stdout(
      `${JSON.stringify({ address, status: "rolled-back", steps, calls, seconds, snapshot: path, differences: left })}\n`,
    );
    return;
  }
  const rows = left.map(
    ({ what, before = "nothing", now = "nothing" }) =>
      `  ${printable(what)}\n    before: ${printable(before)}\n    now:    ${printable(now)}\n`,
  );
  io.stdout(
    `Sallyport is removed from the API ${printable(api.name)}: ${steps} steps, ${calls} calls, ${seconds} s. The snapshot is kept in ${path}.\n${
      left.length === 0
        ? "Everything matches the snapshot.\n"
        : `Changed by others since, and left as it is:\n${rows.join("")}`
    }`,
  );
}
