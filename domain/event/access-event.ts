import { type AccessResult, goesThrough } from "../decision/access-result.ts";
import { factsOf, type ReasonCode } from "../decision/reason.ts";
import type { Location } from "../evidence/access-request.ts";
import type { Caller } from "../evidence/identity.ts";
import type { RiskScore } from "../risk/risk-state.ts";
import type { EpochMs } from "../time.ts";
import { clip } from "./clip.ts";
import { describeDetail, type SallyportDetail } from "./sallyport-detail.ts";

/**
 * One decision as an OCSF 1.8 API Activity event (class 6003, profiles `cloud` and
 * `security_control`). OCSF has no attributes for reason codes, step-up and the policy question, so
 * those are in `unmapped.sallyport`. An unverified caller has no user, because an attacker chooses
 * the claims of a forged token.
 * @see https://schema.ocsf.io/1.8.0/classes/api_activity
 */
export interface AccessEvent {
  readonly metadata: {
    readonly version: "1.8.0";
    /** The decision id: equal ids mean the same event */
    readonly uid: string;
    readonly correlation_uid?: string;
    readonly product: {
      readonly name: "Sallyport";
      readonly vendor_name: "Sallyport";
      readonly version: string;
    };
    readonly profiles: readonly ["cloud", "security_control"];
  };
  readonly category_uid: 6;
  readonly class_uid: 6003;
  /** 1 Create, 2 Read, 3 Update, 4 Delete, 99 Other */
  readonly activity_id: 1 | 2 | 3 | 4 | 99;
  readonly type_uid: number;
  readonly time: EpochMs;
  /** Milliseconds from receiving the request to the decision */
  readonly duration: number;
  /** 1 Informational for an allow, 2 Low for a step-up, 3 Medium for a denial */
  readonly severity_id: 1 | 2 | 3;
  /** 1 Success, 2 Failure */
  readonly status_id: 1 | 2;
  /** The deciding reason */
  readonly status_code: ReasonCode;
  readonly status_detail: string;
  /** 1 Allowed, 2 Denied, 3 Observed: not an allow, but not enforced either */
  readonly action_id: 1 | 2 | 3;
  /**
   * 1 Allowed, 2 Blocked, 17 Logged (with 3 Observed), 23 Challenge, 24 Access Revoked, 26
   * Unauthorized
   */
  readonly disposition_id: 1 | 2 | 17 | 23 | 24 | 26;
  readonly actor: {
    readonly user: {
      /** 0 Unknown, 1 User, 4 Service */
      readonly type_id: 0 | 1 | 4;
      readonly name?: string;
      readonly uid?: string;
      /** The issuer, within which `uid` is unique */
      readonly domain?: string;
      readonly groups?: readonly { readonly name: string }[];
    };
    readonly session?: { readonly uid?: string; readonly issuer: string; readonly is_mfa: boolean };
  };
  readonly api: {
    readonly operation: string;
    readonly service: { readonly name: "execute-api"; readonly uid: string };
    readonly request?: { readonly uid: string };
  };
  readonly src_endpoint: {
    readonly ip?: string;
    readonly name?: string;
    readonly location?: {
      readonly country?: string;
      readonly city?: string;
      readonly lat?: number;
      readonly long?: number;
    };
  };
  readonly http_request: {
    /** Absent for a method that OCSF does not name; `api.operation` always has it */
    readonly http_method?: string;
    readonly url: { readonly path: string };
    readonly user_agent?: string;
  };
  /**
   * The gateway's response to the client; absent for a request that reached the backend, which
   * responds itself
   */
  readonly http_response?: { readonly code: number };
  readonly cloud: {
    readonly provider: "AWS";
    readonly region: string;
    readonly account: { readonly uid: string };
  };
  readonly authorizations?: readonly {
    readonly decision: string;
    readonly policy?: { readonly uid: string };
  }[];
  readonly risk_score?: RiskScore;
  readonly unmapped: { readonly sallyport: SallyportDetail };
}

const ACTIVITY: Readonly<Record<string, 1 | 2 | 3 | 4>> = {
  POST: 1,
  GET: 2,
  HEAD: 2,
  OPTIONS: 2,
  PUT: 3,
  PATCH: 3,
  DELETE: 4,
};
const OCSF_METHODS = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
const SEVERITY = { allow: 1, "step-up": 2, deny: 3 } as const;

/**
 * Describes a decision as an event. Pure. Cuts texts of the caller to 1,024 characters, except the
 * path in the policy question, which the gateway limits. docs/events.md lists the fields of an
 * event.
 *
 * @param answeredStatus status of the gateway's response; absent for a request that reaches the
 *   backend
 */
export function describeAccess(
  result: AccessResult,
  productVersion: string,
  answeredStatus?: number,
): AccessEvent {
  const { request, caller, decision, latency } = result;
  const activity = ACTIVITY[request.method] ?? 99;
  const reason = decision.reasons[0];
  const allowed = decision.outcome === "allow";
  const path = clip(request.path);
  return {
    metadata: {
      version: "1.8.0",
      uid: result.decisionId,
      ...(request.requestId !== undefined && { correlation_uid: clip(request.requestId) }),
      product: { name: "Sallyport", vendor_name: "Sallyport", version: productVersion },
      profiles: ["cloud", "security_control"],
    },
    category_uid: 6,
    class_uid: 6003,
    activity_id: activity,
    type_uid: 600300 + activity,
    time: request.receivedAt,
    duration: latency.total,
    severity_id: SEVERITY[decision.outcome],
    status_id: allowed ? 1 : 2,
    status_code: reason,
    status_detail: factsOf(reason).says,
    action_id: allowed ? 1 : result.enforced ? 2 : 3,
    disposition_id: dispositionOf(result),
    actor: describeActor(caller),
    api: {
      operation: clip(`${request.method} ${request.route ?? request.path}`),
      service: { name: "execute-api", uid: request.apiId },
      ...(request.requestId !== undefined && { request: { uid: clip(request.requestId) } }),
    },
    src_endpoint: {
      // OCSF requires at least one name of the endpoint, and a TOKEN authorizer receives none.
      ...(request.sourceIp === undefined ? { name: "unknown" } : { ip: request.sourceIp }),
      ...(request.location !== undefined && { location: describeLocation(request.location) }),
    },
    http_request: {
      ...(OCSF_METHODS.includes(request.method) && { http_method: request.method }),
      url: { path },
      ...(request.userAgent !== undefined && { user_agent: clip(request.userAgent) }),
    },
    ...(answeredStatus !== undefined && { http_response: { code: answeredStatus } }),
    cloud: { provider: "AWS", region: request.region, account: { uid: request.accountId } },
    ...(decision.policies.length > 0 && {
      authorizations: decision.policies.map((uid) => ({ decision: decision.outcome, policy: { uid } })),
    }),
    ...(result.riskScore !== undefined && { risk_score: result.riskScore }),
    unmapped: { sallyport: describeDetail(result, path) },
  };
}

function dispositionOf(result: AccessResult): AccessEvent["disposition_id"] {
  const { decision, caller } = result;
  if (decision.outcome === "allow") return 1;
  if (goesThrough(result)) return 17;
  if (decision.outcome === "step-up") return 23;
  if (decision.reasons.includes("session-revoked")) return 24;
  return caller.status === "verified" ? 2 : 26;
}

function describeActor(caller: Caller): AccessEvent["actor"] {
  if (caller.status === "unverified") return { user: { type_id: 0, name: "unverified" } };
  return {
    user: {
      type_id: caller.kind === "service" ? 4 : 1,
      uid: caller.subject,
      domain: caller.issuer,
      groups: caller.roles.map((name) => ({ name })),
    },
    session: {
      ...(caller.sessionId !== undefined && { uid: caller.sessionId }),
      issuer: caller.issuer,
      is_mfa: caller.mfa,
    },
  };
}

function describeLocation(location: Location) {
  return {
    ...(location.country !== undefined && { country: location.country }),
    ...(location.city !== undefined && { city: clip(location.city) }),
    ...(location.latitude !== undefined && { lat: location.latitude }),
    ...(location.longitude !== undefined && { long: location.longitude }),
  };
}
