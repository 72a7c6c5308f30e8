import type { ApiState } from "../../domain/attach/api-state.ts";
import type { AttachOptions, AttachPlan } from "../../domain/attach/attach-plan.ts";
import type { ApiAddress, Attachment } from "../../domain/attach/attachment.ts";
import type { ApiControl, InvokePermission } from "../../domain/attach/control.ts";
import { plan } from "../../domain/attach/plan.ts";
import { findAuthorizer, statementId } from "../../domain/attach/recognise.ts";
import { restore } from "../../domain/attach/restore.ts";
import type { RestorePlan } from "../../domain/attach/restore-plan.ts";
import { expandExclusions, isGuarded } from "../../domain/attach/route-choice.ts";
import { extendSnapshot, takeSnapshot } from "../../domain/attach/snapshot.ts";
import type { Refusal, Step } from "../../domain/attach/step.ts";
import { InputError } from "../command.ts";
import { printable } from "../printable.ts";
import { type ConvergeResult, converge } from "./converge.ts";
import { type CreatedResources, performStep } from "./perform-step.ts";
import type { AttachmentRecord } from "./record.ts";
import { sha256 } from "./snapshot-file.ts";

/** What a run works with. */
export interface Session {
  readonly address: ApiAddress;
  readonly control: ApiControl;
  readonly permission: InvokePermission;
  /** Whether the function's resource policy is ours to read and change */
  readonly grant: boolean;
  readonly record: AttachmentRecord;
  /** Milliseconds */
  readonly now: () => number;
  readonly onStep: (step: Step, at: number, of: number) => void;
  readonly stopped: () => NodeJS.Signals | undefined;
}

export interface Reading {
  readonly api: ApiState;
  readonly permission?: string;
}

const readAll = async (session: Session): Promise<Reading> =>
  lookFurther(session, await session.control.read());

/** Adds to what was read of the API what the function's policy says of it. */
export async function lookFurther({ permission, grant }: Session, api: ApiState): Promise<Reading> {
  const source = grant ? await permission.find(statementId(api.id)) : undefined;
  return { api, ...(source !== undefined && { permission: source }) };
}

/** What applying would do to what was read. */
export function planOf({ record }: Session, reading: Reading, options: AttachOptions): AttachPlan {
  const attachment = record.current();
  return plan({ ...reading, options, ...(attachment !== undefined && { attachment }) });
}

/** The first refusal as an error. */
export function assertNoRefusals(refusals: readonly Refusal[]): void {
  const [first] = refusals;
  if (first !== undefined)
    throw new InputError(refusals.map(({ message }) => printable(message)).join("\n"), printable(first.next));
}

/**
 * Attaches: does what the plan says until the plan is empty. The snapshot is written before the
 * first change.
 */
export async function applyPlan(session: Session, options: AttachOptions): Promise<ConvergeResult> {
  const { record, address } = session;
  const created: CreatedResources = {};
  const variables = new Map<string, Readonly<Record<string, string>>>();
  const recordOf = (
    api: ApiState,
    { routes, stages }: AttachPlan,
    status: Attachment["status"],
  ): Omit<Attachment, "updatedAt" | "version"> => {
    const toGuard = routes.filter(({ verdict }) => verdict === "attach" || verdict === "replace");
    const before = record.current()?.snapshot;
    const keys = toGuard.map(({ key }) => key);
    return {
      address,
      kind: api.kind,
      name: api.name,
      functionArn: options.functionArn,
      stages: stages.map(({ name }) => name).sort(),
      excluded: expandExclusions(api, options.exclude),
      guarded: routes
        .filter(isGuarded)
        .map(({ key }) => key)
        .sort(),
      enforce: Object.fromEntries(
        stages.flatMap(({ name, enforce }) => (enforce === undefined ? [] : [[name, enforce]])),
      ),
      status,
      snapshot:
        before === undefined
          ? takeSnapshot(api, new Date(session.now()).toISOString(), sha256)
          : extendSnapshot(before, api, keys, sha256),
    };
  };
  return converge({
    next: async () => {
      const reading = await readAll(session);
      const { api } = reading;
      const wanted = planOf(session, reading, options);
      assertNoRefusals(wanted.refusals);
      const isNew = record.current() === undefined;
      if (wanted.steps.length === 0 && isNew) return [];
      await record.save(recordOf(api, wanted, wanted.steps.length === 0 ? "attached" : "applying"));
      const found = findAuthorizer(api, options.functionArn)?.id;
      if (found !== undefined) created.authorizerId = found;
      for (const stage of api.stages) variables.set(stage.name, stage.variables);
      return wanted.steps;
    },
    perform: (step) =>
      performStep(step, { ...session, variablesOf: (stage) => variables.get(stage) ?? {} }, created),
    onStep: session.onStep,
    stopped: session.stopped,
    now: session.now,
  });
}

export interface RestoreOptions {
  readonly openNewRoutes: boolean;
  /** What attaching lets a REST API answer denials with; of one type there may be several forms */
  readonly gatewayResponses: AttachOptions["gatewayResponses"];
}

/** What rolling back would do to what was read. */
export function restoreOf(
  { grant }: Session,
  reading: Reading,
  attachment: Attachment,
  options: RestoreOptions,
): RestorePlan {
  return restore({ ...reading, ...options, grant, attachment });
}

/**
 * Rolls back: puts back what is ours until nothing of it is left. The record stays until the caller
 * closes it.
 */
export async function rollBack(
  session: Session,
  attachment: Attachment,
  options: RestoreOptions,
): Promise<ConvergeResult & { readonly api?: ApiState }> {
  const { record } = session;
  let last: ApiState | undefined;
  const result = await converge({
    next: async () => {
      const reading = await readAll(session);
      last = reading.api;
      const { steps, refusals } = restoreOf(session, reading, attachment, options);
      assertNoRefusals(refusals);
      if (steps.length > 0) await record.save({ ...attachment, status: "rolling-back" });
      return steps;
    },
    perform: (step) => performStep(step, { ...session, variablesOf: () => ({}) }, {}),
    onStep: session.onStep,
    stopped: session.stopped,
    now: session.now,
  });
  return { ...result, ...(last !== undefined && { api: last }) };
}
