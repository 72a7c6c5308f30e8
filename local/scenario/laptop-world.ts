import { join } from "node:path";
import type { AccessEvent } from "../../domain/event/access-event.ts";
import type { UserId } from "../../domain/evidence/identity.ts";
import type { UserRisk } from "../../domain/risk/risk-state.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { compilePolicies } from "../../policy/compile.ts";
import { policyDigest } from "../../policy/digest.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import type { Laptop } from "../laptop.ts";
import { factorsOf, ownFinding, userOf } from "../page/describe.ts";
import { createKeyring } from "./keyring.ts";
import type { Observation } from "./observe.ts";
import { PERSONAS, type PersonaId } from "./persona.ts";
import { createPresenter } from "./present.ts";
import { send } from "./send.ts";
import type { until as waitUntil } from "./until.ts";
import { createWallet } from "./wallet.ts";
import type { World } from "./world.ts";

/** How long the scenario waits for effects after a response. */
const PATIENCE_MS = 20_000;

/**
 * The scenario's access to a running laptop: HTTP through the gateway, events from the bus, the
 * table, the findings.
 */
export function laptopWorld(
  laptop: Laptop,
  observation: Observation,
  until: Until,
  signal: AbortSignal,
): World {
  const keyring = createKeyring(laptop);
  const wallet = createWallet(laptop.issuer, keyring);
  const present = createPresenter(laptop, keyring);
  const userOfPersona = (persona: PersonaId): UserId => ({
    issuer: laptop.issuer.url,
    subject: PERSONAS[persona].subject,
  });
  const patiently: World["until"] = (read, accept) => until(read, accept, PATIENCE_MS, signal);
  const riskOf = (persona: PersonaId): Promise<UserRisk | undefined> =>
    readRisk(laptop, userOfPersona(persona));
  return {
    send: async (request) => {
      const answer = await send(await present(request, await wallet.token(request)), signal);
      // REST APIs and HTTP APIs use different header names for the request id.
      const requestId = answer.headers["x-amzn-requestid"] ?? answer.headers["apigw-requestid"] ?? "";
      return { ...answer, requestId };
    },
    eventsOf: (requestId) =>
      patiently<readonly AccessEvent[]>(
        () => observation.eventsOf(requestId),
        (events) => events.length > 0,
      ),
    riskOf,
    findingsOf: (persona) =>
      laptop.stack.securityHub
        .findings()
        .flatMap((stored) => ownFinding(stored) ?? [])
        .filter((finding) => userOf(finding)?.subject === PERSONAS[persona].subject)
        .map((finding) => ({
          id: finding.Id,
          severity: finding.Severity.Label,
          factors: factorsOf(finding),
        })),
    policies: () => {
      // Compiled again: another machine must get the same policies from the same files as the
      // authorizer.
      const policies = compilePolicies(join(PACKAGE_ROOT, "policies/default"));
      return { ask: createPolicyEngine(policies), digest: policyDigest(policies) };
    },
    authenticateAgain: async (persona) => {
      const elevatedAt = (await riskOf(persona))?.elevatedAt ?? 0;
      // Both times are whole seconds, and only a later one satisfies the challenge; a person takes
      // longer than that.
      await patiently(
        () => Math.floor(Date.now() / 1000),
        (now) => now > elevatedAt,
      );
      await wallet.authenticateAgain(persona);
    },
    endSession: async (persona) => {
      const { sessionId } = PERSONAS[persona];
      await laptop.restrict(
        { kind: "session", issuer: laptop.issuer.url, sessionId },
        { revokedAt: Math.floor(Date.now() / 1000) },
      );
    },
    until: patiently,
  };
}

type Until = typeof waitUntil;

/** A user's current risk; rejects if the table cannot be read. */
export async function readRisk({ readRiskState }: Laptop, user: UserId): Promise<UserRisk | undefined> {
  const risk = await readRiskState({ user }, Math.floor(Date.now() / 1000));
  if (risk.status === "unavailable") throw new Error(`The risk table cannot be read: ${risk.why}`);
  return risk.user;
}
