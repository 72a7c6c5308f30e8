import { sourceArn, statementId } from "../../domain/attach/recognise.ts";
import type { CommandIo } from "../command.ts";
import { confirmed } from "./attach-run.ts";
import { type AttachRequest, SEE } from "./options.ts";
import { openRecord } from "./record.ts";
import { snapshotPath } from "./snapshot-file.ts";
import type { AttachWorld } from "./world.ts";

/** Whether a run could not begin because API Gateway has no such API. */
export const isApiGone = (error: unknown): boolean => {
  const { kind, operation } = (error ?? {}) as { kind?: unknown; operation?: unknown };
  return kind === "not-found" && (operation === "GetApi" || operation === "GetRestApi");
};

/**
 * Rolls back an API that was deleted: what is left of it is the statement in the function's policy,
 * and the record. Rethrows `gone` where no record is of that very id, Region and account, which
 * then are wrong more likely than deleted.
 */
export async function forgetGone(
  request: AttachRequest,
  io: CommandIo,
  world: AttachWorld,
  gone: unknown,
): Promise<number> {
  const clients = await world.openClients(request.clients);
  const address = clients.addressOf(request.apiId ?? "");
  const path = request.snapshot ?? snapshotPath(address);
  const record = await openRecord({ address, path, store: clients.store, now: world.now }, undefined);
  const attachment = record.current();
  if (attachment === undefined) throw gone;
  const permission = clients.permissionOf(attachment.functionArn);
  const statement = statementId(address.apiId);
  const found = request.grant ? await permission.find(statement) : undefined;
  const revokes = found === sourceArn(attachment.snapshot.api);
  io.stderr(
    `The API ${address.apiId} no longer exists. Left of it: ${revokes ? `the statement ${statement} in the function's policy, and ` : ""}the record.\n`,
  );
  const report = (status: string): void => {
    if (request.json)
      io.stdout(
        `${JSON.stringify({ address, status, steps: revokes ? 1 : 0, snapshot: path, apiGone: true })}\n`,
      );
  };
  if (request.dryRun) {
    report("unchanged");
    return 0;
  }
  if (!(await confirmed(request, `Forget the API ${address.apiId}?`, io, world))) {
    io.stderr(`Nothing was changed. ${SEE}\n`);
    report("unchanged");
    return 1;
  }
  if (revokes) await permission.revoke(statement);
  await record.close();
  if (request.json) report("rolled-back");
  else io.stdout(`The API ${address.apiId} is forgotten. The snapshot is kept in ${path}.\n`);
  return 0;
}
