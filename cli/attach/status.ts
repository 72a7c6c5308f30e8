import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import type { ApiState } from "../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../domain/attach/attach-plan.ts";
import type { Attachment } from "../../domain/attach/attachment.ts";
import { plan } from "../../domain/attach/plan.ts";
import { isAttachDeployment } from "../../domain/attach/recognise.ts";
import { type CommandIo, messageOf, UsageError } from "../command.ts";
import { printable } from "../printable.ts";
import { lookFurther } from "./apply-session.ts";
import { attachedRecord, start } from "./attach-run.ts";
import { wantedGatewayResponses } from "./gateway-response-origin.ts";
import { type AttachRequest, SEE } from "./options.ts";
import { describeSteps } from "./perform-step.ts";
import { describeApi, mode, printNotices, table } from "./print-plan.ts";
import type { AttachWorld } from "./world.ts";

/**
 * Exit codes: 0 as attaching left it, or a list; 1 something is pending, refused, or a run has not
 * ended.
 */
export async function runStatus(request: AttachRequest, io: CommandIo, world: AttachWorld): Promise<number> {
  return request.apiId === undefined ? listAll(request, io, world) : reportOne(request, io, world);
}

async function listAll(request: AttachRequest, io: CommandIo, world: AttachWorld): Promise<number> {
  const { store } = await world.openClients(request.clients);
  if (store === undefined) throw new UsageError("status without --api needs --table.", SEE);
  const unreadable: string[] = [];
  const found = await store.list((address, error) => {
    unreadable.push(`${address.accountId}/${address.region}/${address.apiId}`);
    io.stderr(`${printable(messageOf(error))}\n`);
  });
  const all = found.map(({ snapshot, version: _, ...rest }) => ({
    ...rest,
    guarded: rest.guarded.length,
    attachedAt: snapshot.takenAt,
  }));
  if (request.json) io.stdout(`${JSON.stringify(all)}\n`);
  else if (all.length === 0 && unreadable.length === 0) io.stdout("No API is attached.\n");
  else
    io.stdout(
      table(
        all.map(({ name, address, kind, status, guarded, enforce }) => [
          status,
          kind,
          `${address.accountId}/${address.region}/${address.apiId}`,
          name,
          `${guarded} routes; ${Object.entries(enforce)
            .map(([stage, value]) => `${stage} enforces ${value}`)
            .join(", ")}`,
        ]),
      ),
    );
  return unreadable.length === 0 ? 0 : 1;
}

async function reportOne(request: AttachRequest, io: CommandIo, world: AttachWorld): Promise<number> {
  const started = await start(request, io, world);
  const { api, session } = started;
  const attachment = attachedRecord(started);
  const { permission } = await lookFurther(session, api);
  const wanted = plan({
    api,
    attachment,
    options: wishOf(api, attachment, request),
    ...(permission !== undefined && { permission }),
  });
  // A canary that waits to be promoted is as its operator left it.
  const pending = wanted.steps.filter((step) => step.do !== "promote");
  const stages = api.stages
    .filter(({ name }) => attachment.stages.includes(name))
    .map(({ name, variables, canary }) => ({
      name,
      enforce: variables[ENFORCE_VARIABLE] ?? "all",
      words: mode(variables[ENFORCE_VARIABLE]),
      ...(canary !== undefined && {
        canary: { percent: canary.percent, ours: isAttachDeployment(api, canary.deploymentId) },
      }),
    }));
  const isSettled = attachment.status === "attached" && pending.length === 0 && wanted.refusals.length === 0;
  if (request.json) {
    const { status, address, functionArn, guarded, excluded, updatedAt, snapshot } = attachment;
    io.stdout(
      `${JSON.stringify({ ok: isSettled, status, address, functionArn, stages: stages.map(({ words: _, ...stage }) => stage), guarded, excluded, updatedAt, attachedAt: snapshot.takenAt, pending, refusals: wanted.refusals, warnings: wanted.warnings })}\n`,
    );
    return isSettled ? 0 : 1;
  }
  const lines: (readonly string[])[] = [
    ["status", statusWords(attachment)],
    ["authorizer", attachment.functionArn],
    ["routes", `${attachment.guarded.length} guarded, ${attachment.excluded.length} excluded`],
    ...stages.map(({ name, words, canary }) => [
      `stage ${name}`,
      `${words}${canary === undefined ? "" : `; ${canary.ours ? "our own" : "another"} canary has ${canary.percent} %`}`,
    ]),
    ...describeSteps(pending).map((line) => ["pending", line]),
    ...wanted.refusals.map(({ message }) => ["refused", message]),
  ];
  io.stdout(`${describeApi(api)}${table(lines)}${printNotices(wanted.warnings)}`);
  if (pending.length > 0)
    io.stdout(`Run sallyport attach apply --api ${printable(api.id)} to apply the pending steps.\n`);
  return isSettled ? 0 : 1;
}

const wishOf = (
  api: ApiState,
  { functionArn, excluded }: Attachment,
  { grant }: AttachRequest,
): AttachOptions => ({
  functionArn,
  grant,
  replace: [],
  exclude: excluded,
  acceptDrift: true,
  replaceGatewayResponses: false,
  gatewayResponses: wantedGatewayResponses(api),
});

function statusWords({ status, snapshot, updatedAt }: Attachment): string {
  if (status === "attached") return `attached since ${snapshot.takenAt}`;
  const run = status === "applying" ? "apply" : "rollback";
  return `an ${run === "apply" ? run : "unfinished rollback"} of ${updatedAt} has not ended; run it again to resume`;
}
