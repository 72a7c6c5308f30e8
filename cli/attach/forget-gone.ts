import { sourceArn, statementId } from "../../domain/attach/recognise.ts";
import type { CommandIo } from "../command.ts";
import { type AttachFlags, SEE } from "./options.ts";
import { openRecord } from "./record.ts";
import { snapshotPath } from "./snapshot-file.ts";
import { mayGoOn, open } from "./started.ts";
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
  flags: AttachFlags,
  io: CommandIo,
  world: AttachWorld,
  gone: unknown,
): Promise<number> {
  const doors = await open(flags, world);
  const address = doors.addressOf(flags.api ?? "");
  const path = flags.snapshot ?? snapshotPath(address);
  const record = await openRecord({ address, path, store: doors.store, now: world.now }, undefined);
  const attachment = record.current();
  if (attachment === undefined) throw gone;
  const permission = doors.permissionOf(attachment.functionArn);
  const statement = statementId(address.apiId);
  const found = flags["no-permission"] === true ? undefined : await permission.find(statement);
  const revokes = found === sourceArn(attachment.snapshot.api);
  io.stderr(
    `The API ${address.apiId} no longer exists. Left of it: ${revokes ? `the statement ${statement} in the function's policy, and ` : ""}the record.\n`,
  );
  const tell = (status: string): void => {
    if (flags.json === true)
      io.stdout(
        `${JSON.stringify({ address, status, steps: revokes ? 1 : 0, snapshot: path, apiGone: true })}\n`,
      );
  };
  if (flags["dry-run"] === true) {
    tell("unchanged");
    return 0;
  }
  if (!(await mayGoOn(flags, `Forget the API ${address.apiId}?`, io, world))) {
    io.stderr(`Nothing was changed. ${SEE}\n`);
    tell("unchanged");
    return 1;
  }
  if (revokes) await permission.revoke(statement);
  await record.close();
  if (flags.json === true) tell("rolled-back");
  else io.stdout(`The API ${address.apiId} is forgotten. The snapshot is kept in ${path}.\n`);
  return 0;
}
