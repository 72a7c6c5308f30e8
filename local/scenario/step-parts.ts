import { HTTP_DENIAL_STATUS, REST_DENIAL_STATUS } from "../../contract/gateway.ts";
import type { Outcome, ReasonCode } from "../../domain/decision/reason.ts";
import { capClaimedTrust, type DeviceTrust } from "../../domain/evidence/device-trust.ts";
import { PERSONAS, type Persona, type PersonaId } from "./persona.ts";
import type { ApiKind, ExpectedAnswer, RequestStep, Step } from "./step.ts";

export const allowed = (persona: PersonaId): ExpectedAnswer => ({
  status: 200,
  outcome: "allow",
  reason: "policy-permits",
  backendGets: {
    userId: PERSONAS[persona].subject,
    roles: PERSONAS[persona].roles.join(","),
    deviceTrust: trustOf(PERSONAS[persona]),
  },
});

/** Without a proof, claimed trust counts as medium at most. */
const trustOf = ({ binding, deviceTrust }: Persona): DeviceTrust =>
  binding === undefined ? capClaimedTrust(deviceTrust, "medium") : deviceTrust;

export const denied = (api: ApiKind, outcome: Outcome, reason: ReasonCode): ExpectedAnswer => ({
  status: api === "rest" ? REST_DENIAL_STATUS : HTTP_DENIAL_STATUS,
  outcome,
  reason,
});

/** The challenge of a REST API; an HTTP API can only answer 403. */
export const challenged = (persona: PersonaId, reason: ReasonCode): ExpectedAnswer => ({
  ...denied("rest", "step-up", reason),
  body: {
    error: "insufficient_user_authentication",
    challenge: "mfa",
    sessionId: PERSONAS[persona].sessionId,
  },
  challenge: ['error="insufficient_user_authentication"', "acr_values="],
});

type WithoutChapter<S> = S extends Step ? Omit<S, "chapter"> : never;

export const inChapter = (chapter: string, steps: readonly WithoutChapter<Step>[]): readonly Step[] =>
  steps.map((step) => ({ ...step, chapter }));

export const get = (persona: PersonaId, api: ApiKind, path: string) =>
  ({ kind: "request", persona, api, method: "GET", path }) as const satisfies Partial<RequestStep>;
