import type { AskedQuestion } from "../decision/decide-by-policy.ts";
import type { PolicyContext } from "../decision/policy-question.ts";
import type { EpochMs, EpochSeconds } from "../time.ts";

/** Restrictions of a user, session or device in the risk table at the moment of the decision. */
const RESTRICTIONS = [
  "device-quarantined",
  "session-revoked",
  "session-quarantined",
  "user-tokens-revoked",
  "user-quarantined",
] as const;
export type RestrictionDetail = (typeof RESTRICTIONS)[number];

/**
 * The parts of the policy question that the event's other fields do not have. Together they are the
 * whole question: see read-question.ts. Times are whole seconds unless stated otherwise.
 */
export interface QuestionDetail {
  /** Milliseconds: the moment that the decision was made for */
  readonly at: EpochMs;
  /** `at` on the deployment's own clock; 1 is Monday */
  readonly local: { readonly hour: number; readonly minute: number; readonly day_of_week: number };
  /** As policies see it; `OTHER` actions keep their name here */
  readonly method: string;
  /** The whole path, where `http_request.url.path` holds a part of it */
  readonly path?: string;
  /** The whole device id, where `device_id` holds a part of it */
  readonly device_id?: string;
  readonly scopes: readonly string[];
  readonly client_id?: string;
  readonly authenticated_at?: EpochSeconds;
  readonly issued_at: EpochSeconds;
  /** When the user's risk last rose above the step-up threshold */
  readonly elevated_at?: EpochSeconds;
  /** The restrictions that apply */
  readonly restrictions: readonly RestrictionDetail[];
  /** The deployment's allow list */
  readonly countries: readonly string[];
  /** How old the user's authentication may be; absent: any age */
  readonly max_authentication_age?: number;
  readonly leeway?: number;
}

/**
 * Describes the part of a question that the event's other fields do not have.
 *
 * @param path the path in the event
 * @param deviceId the device's id in the event
 */
export function describeQuestion(
  { question, limits, at }: AskedQuestion,
  path: string,
  deviceId: string | undefined,
): QuestionDetail {
  const { principal, method, resource, context } = question;
  const { authentication, device, risk, time, deployment } = context;
  const { hour, minute, dayOfWeek } = time;
  const { leeway, maxAuthenticationAge } = limits;
  return {
    at,
    local: { hour, minute, day_of_week: dayOfWeek },
    method,
    ...(resource.path !== path && { path: resource.path }),
    ...(device.id !== undefined && device.id !== deviceId && { device_id: device.id }),
    scopes: principal.scopes,
    ...(principal.clientId !== undefined && { client_id: principal.clientId }),
    ...(authentication.authenticatedAt !== undefined && { authenticated_at: authentication.authenticatedAt }),
    issued_at: authentication.issuedAt,
    ...(risk.elevatedAt !== undefined && { elevated_at: risk.elevatedAt }),
    restrictions: restrictionsOf(context),
    countries: deployment.countries,
    ...(maxAuthenticationAge !== undefined && { max_authentication_age: maxAuthenticationAge }),
    ...(leeway !== undefined && { leeway }),
  };
}

function restrictionsOf({ device, session, user }: PolicyContext): readonly RestrictionDetail[] {
  const holds: Readonly<Record<RestrictionDetail, boolean>> = {
    "device-quarantined": device.quarantined,
    "session-revoked": session.revoked,
    "session-quarantined": session.quarantined,
    "user-tokens-revoked": user.tokensRevoked,
    "user-quarantined": user.quarantined,
  };
  return RESTRICTIONS.filter((name) => holds[name]);
}
