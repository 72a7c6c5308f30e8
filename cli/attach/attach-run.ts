import type { ApiState } from "../../domain/attach/api-state.ts";
import type { Attachment } from "../../domain/attach/attachment.ts";
import { type CommandIo, InputError, messageOf, UsageError } from "../command.ts";
import type { Session } from "./apply-session.ts";
import type { ConvergeResult } from "./converge.ts";
import type { AttachClients } from "./open-clients.ts";
import { type AttachRequest, SEE } from "./options.ts";
import { createProgress, type Progress } from "./progress.ts";
import { openRecord } from "./record.ts";
import { snapshotPath } from "./snapshot-file.ts";
import type { AttachWorld, SignalWatch } from "./world.ts";

/** A run that has read the API and its record once. */
export interface AttachRun {
  readonly session: Session;
  readonly api: ApiState;
  readonly clients: AttachClients;
  readonly path: string;
  readonly progress: Progress;
  /** Milliseconds since the run began */
  readonly elapsed: () => number;
}

/** Opens AWS, reads the API once and finds its record. Nothing is written. */
export async function start(
  request: AttachRequest,
  io: CommandIo,
  world: AttachWorld,
  stopped: SignalWatch["stopped"] = () => undefined,
): Promise<AttachRun> {
  const began = world.now();
  const clients = await world.openClients(request.clients);
  const { apiId = "" } = request;
  const address = clients.addressOf(apiId);
  const control = await clients.open(apiId);
  const api = await control.read();
  const path = request.snapshot ?? snapshotPath(address);
  const record = await openRecord({ address, path, store: clients.store, now: world.now }, api);
  for (const notice of record.notices) io.stderr(`${notice}\n`);
  // Callers that need a function report that the API is not attached or that --authorizer is
  // missing.
  const functionArn = request.functionArn ?? record.current()?.functionArn ?? "";
  const progress = createProgress(io, world.isTerminal && !request.json, clients.calls, world.now);
  const session: Session = {
    address,
    control,
    permission: clients.permissionOf(functionArn),
    grant: request.grant && request.credentialsArn === undefined,
    record,
    now: world.now,
    onStep: progress.onStep,
    stopped,
  };
  return { session, api, clients, path, progress, elapsed: () => world.now() - began };
}

/** The record of an attached API; an InputError if it is not attached. */
export function attachedRecord({ session, path }: AttachRun): Attachment {
  const attachment = session.record.current();
  if (attachment === undefined)
    throw new InputError(
      `The API ${session.address.apiId} is not attached: neither the table nor ${path} has a record of it.`,
      "Pass the --table or the --snapshot file that it was attached with.",
    );
  return attachment;
}

/** Asks before a change, unless `--yes`; false: the answer was no. */
export async function confirmed(
  request: AttachRequest,
  question: string,
  io: CommandIo,
  world: AttachWorld,
): Promise<boolean> {
  if (request.yes) return true;
  const answer = await world.confirm(question, io);
  if (answer === undefined)
    throw new UsageError("Confirmation needs a terminal. Add --yes to continue without it.", SEE);
  return answer;
}

/** Reports that the change was declined; returns the exit code. */
export function reportUnchanged(request: AttachRequest, { session }: AttachRun, io: CommandIo): number {
  io.stderr("Nothing was changed.\n");
  if (request.json) io.stdout(`${JSON.stringify({ address: session.address, status: "unchanged" })}\n`);
  return 1;
}

/** Reports that the run was stopped and how to resume it; returns the exit code. */
export function reportStopped(
  request: AttachRequest,
  { signal, steps }: Extract<ConvergeResult, { status: "stopped" }>,
  { session }: AttachRun,
  io: CommandIo,
): number {
  io.stderr(
    `Stopped after ${steps} steps. Run the same command again to resume, or sallyport attach rollback --api ${session.address.apiId} to put everything back.\n`,
  );
  if (request.json)
    io.stdout(`${JSON.stringify({ address: session.address, status: "stopped", signal, steps })}\n`);
  return signal === "SIGINT" ? 130 : 143;
}

/** Puts what AWS refused into a message and what to do next; any other fault passes through. */
export function toCommandError(error: unknown): unknown {
  if (error instanceof UsageError) return error;
  const { name, next } = (error ?? {}) as { name?: unknown; next?: unknown };
  if (name === "ControlError" && typeof next === "string") return new InputError(messageOf(error), next);
  if (name === "AttachmentConflict")
    return new InputError(
      "Another run is attaching or rolling back this API.",
      "Wait until it ends, then run the same command again.",
    );
  return error;
}
