import type { ApiState, AuthorizationType, RouteState } from "./api-state.ts";
import type { Snapshot } from "./attachment.ts";
import { findAuthorizer } from "./recognise.ts";

/** Kinds of protection that attaching can replace, as `--replace` names them. */
export const REPLACEABLE = ["iam", "cognito", "jwt", "custom"] as const;
export type ReplaceKind = (typeof REPLACEABLE)[number];

export type RouteVerdict =
  /** Open now; will be guarded */
  | "attach"
  /** Calls the authorizer function already */
  | "attached"
  /** Protected by something else, which the authorizer will replace */
  | "replace"
  /** Stays open */
  | "open"
  /** Protected by something else, which stays */
  | "protected"
  /** Not changed, at the operator's request */
  | "excluded";

export interface RouteChoice {
  readonly key: string;
  readonly id: string;
  readonly now: AuthorizationType;
  readonly apiKeyRequired: boolean;
  readonly verdict: RouteVerdict;
  readonly why: string;
  /** Whether it has the authorizer that attaching made */
  readonly byUs: boolean;
}

export interface ChoiceOptions {
  readonly functionArn: string;
  readonly replace: readonly ReplaceKind[];
  /** Route keys, with `*` for any characters */
  readonly exclude: readonly string[];
}

const KIND: Readonly<Record<Exclude<AuthorizationType, "NONE">, ReplaceKind>> = {
  AWS_IAM: "iam",
  COGNITO_USER_POOLS: "cognito",
  JWT: "jwt",
  CUSTOM: "custom",
};

/** Decides for each route what attaching does with it, and why. */
export function chooseRoutes(
  api: ApiState,
  options: ChoiceOptions,
  snapshot: Snapshot | undefined,
): readonly RouteChoice[] {
  const ours = findAuthorizer(api, options.functionArn)?.id;
  const asking = new Map(
    api.authorizers
      .filter(({ functionArn }) => functionArn === options.functionArn)
      .map(({ id, name }) => [id, name]),
  );
  const before = new Map(snapshot?.api.routes.map((route) => [route.key, route]));
  const excluded = options.exclude.map(globPattern);
  return api.routes.map((route) => {
    const { key, id, authorization, apiKeyRequired } = route;
    const { type, authorizerId = "" } = authorization;
    const byUs = authorizerId === ours && before.get(key)?.authorization.authorizerId !== ours;
    const choice = (verdict: RouteVerdict, why: string): RouteChoice => {
      return { key, id, now: type, apiKeyRequired, verdict, why, byUs };
    };
    if (excluded.some((pattern) => pattern.test(key))) return choice("excluded", "named by --exclude");
    if (asking.has(authorizerId))
      return choice("attached", `calls the function through the authorizer ${asking.get(authorizerId)}`);
    const open = reasonToStayOpen(api, route);
    if (type === "NONE") return open === undefined ? choice("attach", "open now") : choice("open", open);
    const kind = KIND[type];
    if (open === undefined && options.replace.includes(kind))
      return choice("replace", `${describe(api, route)} now; named by --replace`);
    return choice("protected", `${describe(api, route)}; --replace ${kind} would replace it`);
  });
}

/** Whether attaching gives the route its authorizer. */
export const isGuarded = ({ verdict, byUs }: RouteChoice): boolean =>
  verdict === "attach" || verdict === "replace" || (verdict === "attached" && byUs);

/**
 * Returns the keys of the routes that `patterns` match, and the patterns that new routes may match.
 */
export function expandExclusions(api: ApiState, patterns: readonly string[]): readonly string[] {
  const matches = patterns.map(globPattern);
  const keys = api.routes.map(({ key }) => key).filter((key) => matches.some((pattern) => pattern.test(key)));
  return [...new Set([...keys, ...patterns.filter((pattern) => pattern.includes("*"))])].sort();
}

/** Returns the patterns that match no route. */
export const unmatchedExclusions = ({ routes }: ApiState, patterns: readonly string[]): readonly string[] =>
  patterns.filter((pattern) => !routes.some(({ key }) => globPattern(pattern).test(key)));

/** `*` matches any characters, also none and `/`; every other character matches itself. */
const globPattern = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[\\^$.|?+()[\]{}]/g, "\\$&").replace(/\*+/g, ".*")}$`);

/** `GET /orders` → `GET`; a WebSocket route key or `$default` has no method */
export const methodOf = (key: string): string | undefined => /^([A-Z]+) \//.exec(key)?.[1];

function reasonToStayOpen({ kind }: ApiState, { key }: RouteState): string | undefined {
  if (kind === "websocket")
    return key === "$connect" ? undefined : "messages use a connection that $connect authorized";
  return methodOf(key) === "OPTIONS" ? "a CORS preflight carries no credentials" : undefined;
}

function describe({ authorizers }: ApiState, { authorization }: RouteState): string {
  const name = authorizers.find(({ id }) => id === authorization.authorizerId)?.name;
  const by = name === undefined ? "" : ` (${name})`;
  switch (authorization.type) {
    case "AWS_IAM":
      return "protected by IAM";
    case "COGNITO_USER_POOLS":
      return `protected by Cognito${by}`;
    case "JWT":
      return `protected by a JWT authorizer${by}`;
    default:
      return `protected by another authorizer${by}`;
  }
}
