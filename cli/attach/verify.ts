import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import type { ApiState } from "../../domain/attach/api-state.ts";
import { chooseRoutes } from "../../domain/attach/route-choice.ts";
import { RawToken } from "../../domain/evidence/raw-token.ts";
import { type CommandIo, InputError, readInput } from "../command.ts";
import { attachedRecord, start } from "./attach-run.ts";
import { type AttachRequest, SEE } from "./options.ts";
import { describeApi, table } from "./print-plan.ts";
import { type Answer, probe, probeWebSocket } from "./probe.ts";
import { stageUrl } from "./stage-url.ts";
import { IS_WRONG, type RouteReport, verifyRoute } from "./verify-route.ts";
import type { AttachWorld } from "./world.ts";

const AT_ONCE = 8;
/** Has the form of a JWT but is not one */
const BAD_TOKEN = "sallyport.verify.bad-token";

/** Exit codes: 0 every attached route is protected, or monitored as configured; 1 some are not. */
export async function runVerify(request: AttachRequest, io: CommandIo, world: AttachWorld): Promise<number> {
  const { timeoutMs } = request;
  const good = await readToken(request.tokenFile);
  const started = await start(request, io, world);
  const { api, elapsed } = started;
  const { functionArn, stages: attached, excluded, snapshot } = attachedRecord(started);
  const names = request.stages ?? attached;
  const stages = api.stages.filter(({ name }) => names.includes(name));
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) throw new InputError(`The API has no stage named ${unknown}.`, SEE);
  const routes = chooseRoutes(api, { functionArn, replace: [], exclude: excluded }, snapshot);
  let count = 0;
  const jobs = stages.flatMap((stage) => {
    const base = stageUrl(api, stage.name, request.url, stages.length);
    const call = (method: string, path: string, token: "none" | "bad" | "good"): Promise<Answer> => {
      count += 1;
      const sent = token === "good" ? good?.reveal() : token === "bad" ? BAD_TOKEN : undefined;
      const probed = {
        method,
        url: `${base}${path}`,
        timeoutMs,
        ...(sent !== undefined && { authorization: `Bearer ${sent}` }),
      };
      return api.kind === "websocket" ? probeWebSocket(probed) : probe(probed);
    };
    return routes.map((route) => ({
      kind: api.kind,
      route,
      stage,
      call,
      enforce: stage.variables[ENFORCE_VARIABLE],
      hasGood: good !== undefined,
      allMethods: request.allMethods,
    }));
  });
  const reports: RouteReport[] = [];
  const queue = jobs.entries();
  const work = async (): Promise<void> => {
    for (const [at, job] of queue) reports[at] = await verifyRoute(job);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const figures = { routes: reports.length, calls: count, seconds: Math.round(elapsed() / 100) / 10 };
  return report(request, io, api, reports, figures);
}

function report(
  request: AttachRequest,
  io: CommandIo,
  api: ApiState,
  reports: readonly RouteReport[],
  figures: { readonly routes: number; readonly calls: number; readonly seconds: number },
): number {
  const wrong = reports.filter(({ state }) => IS_WRONG.has(state));
  const tried = reports.filter(({ calls }) => calls.good !== undefined);
  // Policies may rightly deny one user some routes; a token that is let in nowhere tells that
  // something is wrong.
  const nowhere = tried.length > 0 && tried.every(({ goodDenied }) => goodDenied !== undefined);
  const ok = wrong.length === 0 && !nowhere;
  const counts: Record<string, number> = {};
  for (const { state } of reports) counts[state] = (counts[state] ?? 0) + 1;
  if (request.json) {
    io.stdout(
      `${JSON.stringify({ ok, goodTokenDeniedEverywhere: nowhere, counts, ...figures, routes: reports })}\n`,
    );
    return ok ? 0 : 1;
  }
  const rows = reports.map(({ stage, key, state, calls, why }) => [
    state,
    stage,
    key,
    ["none", "bad", "good"].map((token) => calls[token as "none"] ?? "-").join("/"),
    why,
  ]);
  io.stdout(
    `${describeApi(api)}\n${table([["STATE", "STAGE", "ROUTE", "NONE/BAD/GOOD", "WHY"], ...rows])}\n`,
  );
  const sums = Object.entries(counts).map(([state, sum]) => `${sum} ${state}`);
  io.stdout(`${sums.join(", ")}; ${figures.calls} calls, ${figures.seconds} s.\n`);
  if (nowhere)
    io.stdout(
      "The good token was denied on every route. Check that it is valid and that a policy permits its user.\n",
    );
  return ok ? 0 : 1;
}

async function readToken(path: string | undefined): Promise<RawToken | undefined> {
  if (path === undefined) return undefined;
  const text = (await readInput(path, "--token-file")).trim().replace(/^Bearer\s+/i, "");
  if (text === "" || /[^\x21-\x7e]/.test(text))
    throw new InputError(
      `--token-file: ${path} must contain one token and nothing else.`,
      "Put the access token in it, without quotes.",
    );
  return new RawToken(text);
}
