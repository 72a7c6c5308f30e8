import { authorize } from "../../lambda/authorizer/authorize.ts";
import { describeResult } from "../../lambda/authorizer/describe-result.ts";
import { renderResponse } from "../../lambda/authorizer/render-response.ts";
import { proofVerifier } from "../../verification/proof/verify-proofs.ts";
import { DIGESTS } from "../support/domain/access-events.ts";
import { restEvent } from "../support/gateway/gateway-events.ts";
import { strictPorts } from "../support/gateway/strict-ports.ts";
import { algorithms } from "../support/hostile/algorithms.ts";
import { carriers } from "../support/hostile/carriers.ts";
import { claimsCases } from "../support/hostile/claims.ts";
import { dpopCases } from "../support/hostile/dpop.ts";
import { encoding } from "../support/hostile/encoding.ts";
import { headerKeys } from "../support/hostile/header-keys.ts";
import type { Attack, HostileCase } from "../support/hostile/hostile-case.ts";
import { issuerKeys } from "../support/hostile/issuer-keys.ts";
import { issuers } from "../support/hostile/issuers.ts";
import { json } from "../support/hostile/json.ts";
import { kinds } from "../support/hostile/kinds.ts";
import { mtlsCases } from "../support/hostile/mtls.ts";
import { makeCertificates } from "../support/hostile/possession.ts";
import { signatures } from "../support/hostile/signatures.ts";
import { times } from "../support/hostile/times.ts";
import { webSockets } from "../support/hostile/websocket.ts";
import { freshVerifier, GOOD, NOW } from "../support/hostile/world.ts";

const THEMES: Readonly<Record<string, readonly HostileCase[]>> = {
  algorithms,
  "keys in headers": headerKeys,
  "keys of issuers": issuerKeys,
  signatures,
  encoding,
  json,
  claims: claimsCases,
  issuers,
  times,
  kinds,
  carriers,
  DPoP: dpopCases,
  mTLS: mtlsCases,
  WebSockets: webSockets,
};

/** Milliseconds that no case may take, on a machine that does other things too. */
const LONGEST = 3000;

const options = {
  geo: "none",
  timeZone: "UTC",
  countries: [],
  deviceClaimCap: "medium",
  acrValues: {},
  segments: {},
  digests: DIGESTS,
} as const;

/** Every proof is a first one. */
const proofs = proofVerifier(
  {},
  async () => "first",
  async () => undefined,
);

/**
 * Authorizes an attack with policies that let every verified caller do everything: only evidence
 * can stop it.
 */
async function attackWith(attack: Attack) {
  const { verifier } = freshVerifier(attack.keySets);
  const received = "event" in attack ? attack.event : restEvent({ authorization: `Bearer ${attack.token}` });
  const ports = {
    ...strictPorts,
    now: () => NOW,
    verifier,
    proofs,
    readRiskState: async () => ({ status: "known" }) as const,
    ask: () => ({ verdict: "allow", determining: [], monitored: [], errors: [] }) as const,
  };
  const result = await authorize(received, ports, options);
  const response = renderResponse(result);
  const allowed =
    "isAuthorized" in response
      ? response.isAuthorized
      : response.policyDocument.Statement.some(({ Effect }) => Effect !== "Deny");
  const printed = JSON.stringify({ result, response, event: describeResult(result) });
  return { result, allowed, printed };
}

/** Parts of tokens that are long enough not to match other text. */
const secretsOf = ({ token = "" }: Attack) =>
  [...token.split("."), ...GOOD.split(".")].filter(({ length }) => length > 24);

beforeAll(makeCertificates);

describe.each(Object.entries(THEMES))("hostile: %s", (_, cases) => {
  test.each(cases.map((one) => [one.name, one.must, one] as const))(
    "%s → %s",
    async (_name, must, { make }) => {
      const made = make();
      const attack = typeof made === "string" ? { token: made } : made;
      const started = performance.now();
      const { result, allowed, printed } = await attackWith(attack);
      expect(performance.now() - started).toBeLessThan(LONGEST);
      const { decision, caller } = result;
      expect(allowed).toBe(must === "verified");
      expect(decision.reasons).toEqual([must === "verified" ? "policy-permits" : must]);
      if (must === "verified") expect(caller).toMatchObject({ subject: "alice", roles: [] });
      else expect(caller).toEqual({ status: "unverified", reason: must });
      for (const secret of secretsOf(attack)) expect(printed).not.toContain(secret);
    },
  );
});

test("there are at least 150 cases, each with its own name", () => {
  const names = Object.values(THEMES).flatMap((cases) => cases.map(({ name }) => name));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.length).toBeGreaterThanOrEqual(150);
});
