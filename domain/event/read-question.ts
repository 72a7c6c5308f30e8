import type { AskedQuestion } from "../decision/decide-by-policy.ts";
import type { PolicyContext, PolicyQuestion } from "../decision/policy-question.ts";
import { trustRank } from "../evidence/device-trust.ts";
import type { AccessEvent } from "./access-event.ts";
import type { QuestionDetail, RestrictionDetail } from "./question-detail.ts";

/**
 * Reads an event's question exactly as the policies received it; undefined if the event has none.
 * Pure.
 */
export function readQuestion(event: AccessEvent): AskedQuestion | undefined {
  const { asked } = event.unmapped.sallyport;
  if (asked === undefined) return undefined;
  const { max_authentication_age: maxAuthenticationAge, leeway, at } = asked;
  return {
    question: questionOf(event, asked),
    limits: {
      ...(maxAuthenticationAge !== undefined && { maxAuthenticationAge }),
      ...(leeway !== undefined && { leeway }),
    },
    at,
  };
}

function questionOf(event: AccessEvent, asked: QuestionDetail): PolicyQuestion {
  const { user } = event.actor;
  const { api_id, stage, segments } = event.unmapped.sallyport;
  return {
    principal: {
      kind: user.type_id === 4 ? "service" : "user",
      issuer: user.domain ?? "",
      subject: user.uid ?? "",
      roles: (user.groups ?? []).map(({ name }) => name),
      scopes: asked.scopes,
      ...(asked.client_id !== undefined && { clientId: asked.client_id }),
    },
    method: asked.method,
    resource: { api: api_id, stage, path: asked.path ?? event.http_request.url.path, segments },
    context: contextOf(event, asked),
  };
}

function contextOf(event: AccessEvent, asked: QuestionDetail): PolicyContext {
  const { actor, risk_score: score, src_endpoint: source, unmapped } = event;
  const { device_trust: trust = "unknown", ...own } = unmapped.sallyport;
  const deviceId = asked.device_id ?? own.device_id;
  const holds = (name: RestrictionDetail): boolean => asked.restrictions.includes(name);
  const { hour, minute, day_of_week } = asked.local;
  return {
    authentication: {
      mfa: actor.session?.is_mfa ?? false,
      ...(asked.authenticated_at !== undefined && { authenticatedAt: asked.authenticated_at }),
      issuedAt: asked.issued_at,
    },
    device: {
      ...(deviceId !== undefined && { id: deviceId }),
      trust,
      trustRank: trustRank(trust),
      proven: own.device_proven ?? false,
      registered: own.device_registered ?? false,
      posture: own.device_posture ?? "none",
      quarantined: holds("device-quarantined"),
    },
    session: {
      ...(actor.session?.uid !== undefined && { id: actor.session.uid }),
      revoked: holds("session-revoked"),
      quarantined: holds("session-quarantined"),
    },
    user: { tokensRevoked: holds("user-tokens-revoked"), quarantined: holds("user-quarantined") },
    risk: {
      known: score !== undefined,
      score: score ?? 0,
      ...(asked.elevated_at !== undefined && { elevatedAt: asked.elevated_at }),
    },
    network: {
      ...(source.ip !== undefined && { address: source.ip }),
      ...(source.location?.country !== undefined && { country: source.location.country }),
    },
    time: { epochSeconds: Math.floor(asked.at / 1000), hour, minute, dayOfWeek: day_of_week },
    deployment: { countries: asked.countries },
  };
}
