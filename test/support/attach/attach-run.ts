import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan, rollBack, type Session } from "../../../cli/attach/apply-session.ts";
import { openRecord } from "../../../cli/attach/record.ts";
import type { ApiState } from "../../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../../domain/attach/attach-plan.ts";
import { canonicalJson } from "../../../domain/canonical-json.ts";
import type { FakeApi } from "./fake-api.ts";
import { ADDRESS, wants } from "./random-api.ts";

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "sallyport-attach-"));

async function open(api: FakeApi, folder: string, now: () => number = Date.now): Promise<Session> {
  const path = join(folder, "snapshot.json");
  const place = { address: ADDRESS, path, store: api.store, now };
  return {
    address: ADDRESS,
    control: api.control,
    permission: api.permission,
    grant: true,
    record: await openRecord(place, api.state as ApiState),
    now,
    onStep: () => undefined,
    stopped: () => undefined,
  };
}

/** One `apply`, as if by a new process: it shares no memory with another. */
export const apply = async (
  api: FakeApi,
  folder: string,
  parts: Partial<AttachOptions> = {},
  now?: () => number,
) => applyPlan(await open(api, folder, now), wants(parts));

/** One `rollback`. */
export async function undo(api: FakeApi, folder: string, openNewRoutes = false) {
  const session = await open(api, folder);
  const attachment = session.record.current();
  if (attachment === undefined) return;
  await rollBack(session, attachment, { openNewRoutes, gatewayResponses: wants().gatewayResponses });
  await session.record.close();
}

/**
 * The whole state as text; deployments that stages make by themselves are no one's configuration.
 */
export function written(api: FakeApi): string {
  const { deployments, stages, ...rest } = api.state;
  return canonicalJson({
    ...rest,
    deployments: deployments.filter(({ description }) => description !== "Automatic deployment"),
    stages: stages.map(({ deploymentId, ...stage }) =>
      stage.autoDeploy ? stage : { ...stage, deploymentId },
    ),
    statements: [...api.statements],
  });
}
