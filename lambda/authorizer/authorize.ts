import type { GeoSource, WebSocketSettings } from "../../contract/settings.ts";
import type { AccessResult } from "../../domain/decision/access-result.ts";
import { denial } from "../../domain/decision/decision.ts";
import type { DecisionDigests } from "../../domain/decision/digest.ts";
import { isEnforced } from "../../domain/decision/enforcement.ts";
import { type Evaluation, type EvaluationSettings, evaluate } from "../../domain/decision/evaluate.ts";
import type { AskPolicies } from "../../domain/decision/policy-question.ts";
import { type SegmentMatch, type SegmentTable, segmentsOf } from "../../domain/decision/segment.ts";
import type { AccessRequest, Location } from "../../domain/evidence/access-request.ts";
import { type Caller, unverified } from "../../domain/evidence/identity.ts";
import { deviceIdOf, keysToAskFor } from "../../domain/evidence/registered-device.ts";
import type { ReadRiskState, RiskState } from "../../domain/risk/risk-state.ts";
import type { Now } from "../../domain/time.ts";
import { offerNonce, type ProofVerifier, verifyProofs } from "../../verification/proof/verify-proofs.ts";
import { type TokenVerifier, verifyToken } from "../../verification/token/verify-token.ts";
import { withinDeadline } from "./deadline.ts";
import { readRequest } from "./read-request.ts";

/** What the authorizer needs of the outside. */
export interface AuthorizerPorts {
  readonly now: Now;
  /** Makes the id of a decision: 22 random characters of base64url */
  readonly newDecisionId: () => string;
  readonly verifier: TokenVerifier;
  /** Absent: tokens that are bound to a DPoP key are denied */
  readonly proofs?: ProofVerifier;
  readonly readRiskState: ReadRiskState;
  readonly ask: AskPolicies;
  /** Milliseconds left for the decision; absent: no limit */
  readonly remaining?: () => number;
  /**
   * Looks up the country of an address; absent where the gateway's event has it, or nothing needs
   * it
   */
  readonly locate?: (address: string) => Location | undefined;
  /** Receives the error of a port that broke its promise; the request is denied */
  readonly onFault: (error: unknown) => void;
}

export interface AuthorizerOptions extends EvaluationSettings {
  readonly geo: GeoSource;
  readonly webSocket?: WebSocketSettings;
  readonly segments: SegmentTable;
  readonly digests: DecisionDigests;
}

/**
 * Authorizes one gateway event: reads it, authenticates the caller, looks up risk, evaluates.
 *
 * Never rejects: what the caller sent is denied for a reason, and so is a request during which a
 * port throws. When time runs out, what is not known by then stays unknown, and is evaluated so.
 */
export async function authorize(
  event: unknown,
  ports: AuthorizerPorts,
  options: AuthorizerOptions,
): Promise<AccessResult> {
  const request = readRequest(event, options.geo, ports.now(), options.webSocket);
  const segmentMatch = matchSegments(request, options.segments);
  const base = {
    decisionId: ports.newDecisionId(),
    enforced: counts(request, segmentMatch, options.segments),
    digests: options.digests,
  };
  try {
    return { ...(await decide(locateCaller(request, ports), segmentMatch, ports, options)), ...base };
  } catch (error) {
    ports.onFault(error);
    return { ...FAULT, ...base, request };
  }
}

type Decided = Omit<AccessResult, "decisionId" | "enforced" | "digests">;

async function decide(
  request: AccessRequest,
  segmentMatch: SegmentMatch,
  ports: AuthorizerPorts,
  options: AuthorizerOptions,
): Promise<Decided> {
  const caller = await authenticate(request, ports);
  const verified = ports.now();
  const risk = (await withinDeadline(lookUpRisk(caller, ports), ports.remaining)) ?? OUT_OF_TIME;
  const informed = ports.now();
  const dpopNonce = await withinDeadline(offerNonce(caller, ports.proofs, informed), ports.remaining);
  const evaluation: Evaluation =
    caller.status === "verified"
      ? evaluate({ request, identity: caller, risk, segmentMatch }, options, ports.ask, informed)
      : { decision: denial(caller.reason) };
  const decided = ports.now();
  return {
    ...evaluation,
    request,
    caller,
    risk,
    ...(dpopNonce !== undefined && { dpopNonce }),
    latency: {
      verify: verified - request.receivedAt,
      risk: informed - verified,
      evaluate: decided - informed,
      total: decided - request.receivedAt,
    },
  };
}

async function authenticate(request: AccessRequest, ports: AuthorizerPorts): Promise<Caller> {
  if (request.flaw !== undefined) return unverified(request.flaw);
  const verifying = verifyToken(request.credentials, ports.verifier, ports.now()).then((token) =>
    token.status === "verified" ? verifyProofs(request, token, ports.proofs, ports.now()) : token,
  );
  return (await withinDeadline(verifying, ports.remaining)) ?? unverified("deadline-exceeded");
}

async function lookUpRisk(caller: Caller, ports: AuthorizerPorts): Promise<RiskState> {
  if (caller.status === "unverified") return NOT_READ;
  const { issuer, subject, sessionId } = caller;
  const keys = keysToAskFor(caller);
  const deviceId = deviceIdOf(caller);
  return ports.readRiskState(
    {
      user: { issuer, subject },
      ...(sessionId !== undefined && { sessionId }),
      ...(deviceId !== undefined && { deviceId }),
      ...(keys.length > 0 && { keys }),
    },
    Math.floor(ports.now() / 1000),
  );
}

/** A request that cannot be read whole could belong to any segment. */
function matchSegments(request: AccessRequest, table: SegmentTable): SegmentMatch {
  return request.flaw === undefined ? segmentsOf(table, request.path) : { status: "ambiguous" };
}

function counts(request: AccessRequest, match: SegmentMatch, table: SegmentTable): boolean {
  const { enforcement = "all" } = request;
  // A name that no segment has is a mistake, and its author meant to enforce something.
  if (enforcement !== "all" && enforcement.some((name) => !Object.hasOwn(table, name))) return true;
  return isEnforced(enforcement, match.status === "matched" ? match.segments : undefined);
}

function locateCaller(request: AccessRequest, { locate }: AuthorizerPorts): AccessRequest {
  if (locate === undefined || request.location !== undefined || request.sourceIp === undefined)
    return request;
  const location = locate(request.sourceIp);
  return location === undefined ? request : { ...request, location };
}

const NOT_READ: RiskState = { status: "unavailable", why: "not read: the caller is not verified" };
const OUT_OF_TIME: RiskState = { status: "unavailable", why: "no time was left to read it" };
const FAULT: Omit<Decided, "request"> = {
  caller: unverified("internal-fault"),
  risk: NOT_READ,
  decision: denial("internal-fault"),
  latency: { verify: 0, risk: 0, evaluate: 0, total: 0 },
};
