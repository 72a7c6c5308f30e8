import type { GeoSource, WebSocketSettings } from "../../contract/settings.ts";
import { denial } from "../../domain/decision/decision.ts";
import { isEnforced } from "../../domain/decision/enforcement.ts";
import {
  deviceOf,
  type EvaluatedDecision,
  type EvaluationSettings,
  evaluate,
} from "../../domain/decision/evaluate.ts";
import type { AskPolicies } from "../../domain/decision/policy-question.ts";
import { type SegmentTable, segmentsOf } from "../../domain/decision/segment.ts";
import type { AccessRequest, Location } from "../../domain/evidence/access-request.ts";
import type { DeviceJudgement } from "../../domain/evidence/assess-device.ts";
import { type IdentityEvidence, unverified } from "../../domain/evidence/identity.ts";
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
  readonly verifier: TokenVerifier;
  /** Absent: tokens that are bound to a DPoP key are refused */
  readonly proofs?: ProofVerifier;
  readonly readRiskState: ReadRiskState;
  readonly ask: AskPolicies;
  /** Milliseconds that are left for judging; absent: as long as it takes */
  readonly remaining?: () => number;
  /** Country of an address; absent where the gateway's event says it or nobody needs it */
  readonly locate?: (address: string) => Location | undefined;
}

export interface AuthorizerOptions extends EvaluationSettings {
  readonly geo: GeoSource;
  readonly webSocket?: WebSocketSettings;
}

/** One request, judged, with all that led to the decision. */
export interface Judgement {
  readonly request: AccessRequest;
  readonly identity: IdentityEvidence;
  readonly risk: RiskState;
  /** Absent for a caller who is not verified */
  readonly device?: DeviceJudgement;
  readonly decision: EvaluatedDecision;
  /** Whether the decision counts. If not, the request goes through whatever the decision (monitor mode) */
  readonly enforced: boolean;
  /** For the client's next DPoP proof; only where nonces are asked for */
  readonly dpopNonce?: string;
  /** Milliseconds by stage */
  readonly latency: Readonly<Record<Stage, number>>;
}

export type Stage = "verify" | "risk" | "evaluate" | "total";

/**
 * Judges one gateway event: read, verify, look up risk, evaluate.
 *
 * Never rejects for what the caller sent; a fault of a port that breaks its own promise rejects, and the handler denies.
 * When time runs out, what is not known by then stays unknown, and is judged so.
 */
export async function authorize(
  event: unknown,
  ports: AuthorizerPorts,
  options: AuthorizerOptions,
): Promise<Judgement> {
  const started = ports.now();
  const request = locateCaller(readRequest(event, options.geo, started, options.webSocket), ports);
  const identity = await identify(request, ports);
  const verified = ports.now();
  const risk = (await withinDeadline(lookUpRisk(identity, ports), ports.remaining)) ?? OUT_OF_TIME;
  const informed = ports.now();
  const dpopNonce = await withinDeadline(offerNonce(identity, ports.proofs, informed), ports.remaining);
  const decision = evaluate({ request, identity, risk }, options, ports.ask, informed);
  const decided = ports.now();
  const device = identity.status === "verified" ? deviceOf(identity, risk, options, informed) : undefined;
  const latency = {
    verify: verified - started,
    risk: informed - verified,
    evaluate: decided - informed,
    total: decided - started,
  };
  return {
    request,
    identity,
    risk,
    ...(device !== undefined && { device }),
    decision,
    enforced: countsFor(request, options.segments),
    latency,
    ...(dpopNonce !== undefined && { dpopNonce }),
  };
}

/** The judgement for a request whose judging failed: denied, with as much of the request as can be told. */
export function faulty(
  event: unknown,
  { geo, segments }: Pick<AuthorizerOptions, "geo" | "segments">,
  now: Now,
): Judgement {
  const reason = "internal-fault";
  const request = readRequest(event, geo, now());
  return {
    request,
    identity: unverified(reason),
    risk: NOT_READ,
    decision: denial(reason),
    enforced: countsFor(request, segments),
    latency: { verify: 0, risk: 0, evaluate: 0, total: 0 },
  };
}

/** Of a request that cannot be read whole, or not in one way only, no one knows which segments it would reach. */
function countsFor(request: AccessRequest, table: SegmentTable): boolean {
  const { enforcement = "all" } = request;
  // A name that no segment has is a mistake, and whoever made it meant to enforce something.
  if (enforcement === "all" || enforcement.some((name) => !Object.hasOwn(table, name))) return true;
  const placed = request.flaw === undefined ? segmentsOf(table, request.path) : undefined;
  return isEnforced(enforcement, placed?.status === "matched" ? placed.segments : undefined);
}

const NOT_READ: RiskState = { status: "unavailable", why: "not read: the caller is not verified" };

const OUT_OF_TIME: RiskState = { status: "unavailable", why: "no time was left to read it" };

async function identify(request: AccessRequest, ports: AuthorizerPorts): Promise<IdentityEvidence> {
  if (request.flaw !== undefined) return unverified(request.flaw);
  const verifying = verifyToken(request.credentials, ports.verifier, ports.now()).then((identity) =>
    verifyProofs(request, identity, ports.proofs, ports.now()),
  );
  return (await withinDeadline(verifying, ports.remaining)) ?? unverified("deadline-exceeded");
}

async function lookUpRisk(identity: IdentityEvidence, ports: AuthorizerPorts): Promise<RiskState> {
  if (identity.status === "unverified") return NOT_READ;
  const { issuer, subject, sessionId } = identity;
  const keys = keysToAskFor(identity);
  const deviceId = deviceIdOf(identity);
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

function locateCaller(request: AccessRequest, { locate }: AuthorizerPorts): AccessRequest {
  if (locate === undefined || request.location !== undefined || request.sourceIp === undefined)
    return request;
  const location = locate(request.sourceIp);
  return location === undefined ? request : { ...request, location };
}
