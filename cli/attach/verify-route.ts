import type { ApiState, StageState } from "../../domain/attach/api-state.ts";
import { deployedType } from "../../domain/attach/recognise.ts";
import { methodOf, type RouteChoice } from "../../domain/attach/route-choice.ts";
import { type Enforcement, readEnforcement } from "../../domain/decision/enforcement.ts";
import { type Answer, isDenial } from "./probe.ts";

export type RouteState =
  /** Denied without a token and with a bad one */
  | "protected"
  /** Asks the authorizer, which lets everything through for now */
  | "monitored"
  /** Left open deliberately */
  | "open"
  /** Protected by something other than Sallyport */
  | "protected-otherwise"
  /** Configured, but the stage does not have it yet */
  | "not-deployed"
  | "not-protected"
  /** API Gateway cannot invoke the authorizer */
  | "failing"
  | "unreachable";

export interface RouteReport {
  readonly stage: string;
  readonly key: string;
  readonly state: RouteState;
  readonly why: string;
  /** Status by what was sent; what was not called is absent */
  readonly calls: Readonly<Partial<Record<"none" | "bad" | "good", number | "unreachable">>>;
  /** The good token was denied here, by Sallyport's reason or "denied" */
  readonly goodDenied?: string;
}

/** Calls a route with a token of a kind, or without one. */
export type CallRoute = (method: string, path: string, token: "none" | "bad" | "good") => Promise<Answer>;

export interface VerifyInput {
  readonly kind: ApiState["kind"];
  readonly route: RouteChoice;
  readonly stage: StageState;
  readonly enforce: string | undefined;
  readonly call: CallRoute;
  readonly hasGood: boolean;
  /** Also sends the good token to methods that may change something */
  readonly allMethods: boolean;
}

/** States that need action. */
export const IS_WRONG: ReadonlySet<RouteState> = new Set([
  ...(["not-protected", "not-deployed", "failing", "unreachable"] as const),
]);

const SAFE = new Set(["GET", "HEAD"]);
const PLACEHOLDER = "sallyport-verify";

/**
 * What to call for a route: `ANY` and `$default` are called with GET, path parameters with a
 * placeholder.
 */
function callOf(key: string): { readonly method: string; readonly path: string } {
  if (key.startsWith("$")) return { method: "GET", path: key === "$default" ? `/${PLACEHOLDER}` : "" };
  const method = methodOf(key) ?? "GET";
  const path = key.slice(key.indexOf(" ") + 1).replace(/\{[^}]*\}/g, PLACEHOLDER);
  return { method: method === "ANY" ? "GET" : method, path };
}

/**
 * Verifies one route of one stage: first by its configuration, then by calls that change nothing.
 */
export async function verifyRoute(input: VerifyInput): Promise<RouteReport> {
  const { route, stage, enforce } = input;
  const calls: Record<string, number | "unreachable"> = {};
  const report = (state: RouteState, why: string): RouteReport => {
    return { stage: stage.name, key: route.key, state, why, calls };
  };
  const { method, path } = callOf(route.key);
  const send = async (token: "none" | "bad" | "good"): Promise<Answer> => {
    const answer = await input.call(method, path, token);
    calls[token] = answer.status;
    return answer;
  };
  if (route.verdict === "open" || route.verdict === "excluded") return report("open", route.why);
  if (route.verdict === "protected") return report("protected-otherwise", route.why);
  if (route.verdict !== "attached") {
    // A call of an unprotected method that writes would write.
    if (SAFE.has(method)) await send("none");
    return report("not-protected", "it does not use the authorizer");
  }
  const deployed = deployedType(stage, route.key);
  if (stage.deployedRoutes !== undefined && deployed !== "CUSTOM")
    return report("not-deployed", `the stage has it as ${deployed ?? "missing"}: deploy it`);
  const mode = readEnforcement(enforce);
  if (mode !== "all" && !SAFE.has(method))
    return report("monitored", `${modeWords(mode)}; not called, because ${method} would reach the back end`);
  const without = await send("none");
  const failure = failureOf(without);
  if (failure !== undefined) return report(...failure);
  if (!isDenial(without))
    return mode === "all"
      ? report("not-protected", `answered ${without.status} without a token`)
      : withGood(input, send, report("monitored", modeWords(mode)));
  const bad = await send("bad");
  const badFailure = failureOf(bad);
  if (badFailure !== undefined) return report(...badFailure);
  if (!isDenial(bad)) return report("not-protected", `answered ${bad.status} to an invalid token`);
  return withGood(input, send, report("protected", denialWords(without, route)));
}

async function withGood(
  { route, hasGood, allMethods }: VerifyInput,
  send: (token: "good") => Promise<Answer>,
  report: RouteReport,
): Promise<RouteReport> {
  if (!hasGood || !(allMethods || SAFE.has(callOf(route.key).method))) return report;
  const answer = await send("good");
  if (!isDenial(answer) || !("by" in answer)) return report;
  const goodDenied = answer.reason ?? "denied";
  return { ...report, goodDenied, why: `${report.why}; the good token was denied (${goodDenied})` };
}

function failureOf(answer: Answer): [RouteState, string] | undefined {
  if (answer.status === "unreachable") return ["unreachable", "why" in answer ? answer.why : "no answer"];
  if (!("by" in answer)) return undefined;
  if (answer.failed === true)
    return ["failing", `answered ${answer.status}: API Gateway cannot invoke the authorizer`];
  if (answer.noRoute === true) return ["not-deployed", "API Gateway has no such route in this stage"];
  return undefined;
}

function denialWords(answer: Answer, { apiKeyRequired }: RouteChoice): string {
  const by = "by" in answer ? answer.by : "unknown";
  const reason = "reason" in answer && answer.reason !== undefined ? ` (${answer.reason})` : "";
  const key = apiKeyRequired ? "; it also asks for an API key" : "";
  if (by === "sallyport") return `denied by Sallyport${reason}${key}`;
  return by === "gateway" ? `denied by API Gateway${key}` : `denied; the response does not say by what${key}`;
}

const modeWords = (mode: Enforcement): string =>
  mode === "all" || mode.length === 0 ? "the stage monitors" : `the stage enforces only ${mode.join(", ")}`;
