import type { CedarValueJson, Context, EntityJson, TypeAndId } from "@cedar-policy/cedar-wasm/nodejs";
import type { PolicyContext, PolicyQuestion } from "../domain/decision/policy-question.ts";

/** A question in Cedar's JSON form, as the schema describes it. */
export interface CedarQuestion {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Context;
  readonly entities: EntityJson[];
}

export type PhrasedQuestion =
  | { readonly status: "phrased"; readonly question: CedarQuestion }
  /** It holds values that Cedar cannot take or would take for something else */
  | { readonly status: "unaskable"; readonly problems: readonly string[] };

const METHODS = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CONNECT"]);

/**
 * Puts a question into Cedar's words: `Sallyport::User::"<issuer>|<subject>"`, or
 * `Sallyport::Service` so named, asks for `Sallyport::Action::"<method>"` on a `Sallyport::Route`
 * in its segments. A method that the schema does not know is `OTHER`. Optional fields that are
 * absent or undefined stay out; any other `undefined` would vanish on its way into the engine and
 * make a forbid err, so it is a problem.
 */
export function phraseQuestion({ principal, method, resource, context }: PolicyQuestion): PhrasedQuestion {
  const { segments, ...route } = resource;
  const { kind, ...caller } = principal;
  const asking = entity(kind === "service" ? "Service" : "User", `${caller.issuer}|${caller.subject}`);
  const place = entity("Route", `${resource.api}/${resource.stage}${resource.path}`);
  const question = {
    principal: asking,
    action: entity("Action", METHODS.has(method) ? method : "OTHER"),
    resource: place,
    context: phraseContext(context),
    entities: [
      { uid: asking, attrs: stated(caller, ["clientId"]), parents: [] },
      { uid: place, attrs: stated(route), parents: segments.map((name) => entity("Segment", name)) },
    ],
  };
  const problems = problemsIn("", question);
  return problems.length === 0 ? { status: "phrased", question } : { status: "unaskable", problems };
}

function entity(type: string, id: string): TypeAndId {
  return { type: `Sallyport::${type}`, id };
}

function phraseContext(context: PolicyContext): Context {
  const { address, ...network } = context.network;
  return {
    authentication: stated(context.authentication, ["authenticatedAt"]),
    device: stated(context.device, ["id"]),
    session: stated(context.session, ["id"]),
    user: stated(context.user),
    risk: stated(context.risk, ["elevatedAt"]),
    network: {
      ...stated(network, ["country"]),
      // A prefix such as 10.0.0.0/8 is an ipaddr, too, but no caller has one; the engine refuses
      // what this leaves.
      ...(address !== undefined && { address: { __extn: { fn: "ip", arg: address.replaceAll("/", " ") } } }),
    },
    time: stated(context.time),
    deployment: stated(context.deployment),
  };
}

type Fields = Record<string, CedarValueJson>;

/**
 * Copies fields, without the optional ones that are undefined. What is copied is checked by
 * problemsIn.
 */
function stated<T extends object>(record: T, optional: readonly (keyof T)[] = []): Fields {
  const fields = Object.entries(record).filter(
    ([key, value]) => value !== undefined || !optional.includes(key as keyof T),
  );
  return Object.fromEntries(fields) as Fields;
}

function problemsIn(path: string, value: unknown): readonly string[] {
  if (typeof value === "boolean") return [];
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? [] : [`${path}: ${value} is not a whole number that Cedar can hold`];
  }
  if (typeof value === "string") {
    return /\p{Surrogate}/u.test(value) ? [`${path}: text that is not Unicode`] : [];
  }
  if (typeof value !== "object" || value === null) return [`${path}: ${String(value)} where a value must be`];
  return Object.entries(value).flatMap(([key, inner]) =>
    problemsIn(path === "" ? key : `${path}.${key}`, inner),
  );
}
