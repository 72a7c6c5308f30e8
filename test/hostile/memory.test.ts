import { RawToken } from "../../domain/evidence/raw-token.ts";
import { authorize } from "../../lambda/authorizer/authorize.ts";
import { proofVerifier } from "../../verification/proof/verify-proofs.ts";
import { verifyToken } from "../../verification/token/verify-token.ts";
import { DIGESTS } from "../support/domain/access-events.ts";
import { strictPorts } from "../support/gateway/strict-ports.ts";
import { BOUND, dpop, proof } from "../support/hostile/possession.ts";
import { malleated } from "../support/hostile/signatures.ts";
import { AGED, AT, by, freshVerifier, GOOD, HOUSE, jwkOf, NOW, token } from "../support/hostile/world.ts";

/** Attacks that take more than one request: against what is remembered, and by numbers. */

// Ten thousand tokens, on a machine that may be busy.
jest.setTimeout(60_000);

const bearer = (text: string) => ({ status: "bearer", scheme: "Bearer", token: new RawToken(text) }) as const;
/** Moves the clock of the key set and judges by it. */
function watched(world = freshVerifier()) {
  const verdict = async (text: string, seconds = 0) => {
    world.state.now = NOW + seconds * 1000;
    const identity = await verifyToken(bearer(text), world.verifier, world.state.now);
    // A refresh in the background may finish, as the next invocation would find it.
    await world.verifier.issuers.get(HOUSE)?.keys.settled();
    return identity.status === "verified" ? identity.subject : identity.reason;
  };
  return { ...world, verdict };
}
const HOUR = 3600;
const lasting = (claims: object = {}) => token({ claims: { exp: AT + 48 * HOUR, ...claims } });

describe("what is remembered", () => {
  test("a token that was seen expires all the same, and stays expired", async () => {
    const { verdict } = watched();
    expect(await verdict(GOOD)).toBe("alice");
    expect(await verdict(GOOD, 239)).toBe("alice");
    expect(await verdict(GOOD, 244)).toBe("alice");
    expect(await verdict(GOOD, 245)).toBe("token-expired");
    expect(await verdict(GOOD, 246)).toBe("token-expired");
  });

  test("a token that was seen grows too old all the same", async () => {
    const { verdict } = watched();
    const young = lasting({ iss: AGED, iat: AT - 299 });
    expect(await verdict(young)).toBe("alice");
    expect(await verdict(young, 1)).toBe("token-too-old");
  });

  test("a key that was taken away no longer verifies tokens that were seen", async () => {
    const { verdict, state } = watched();
    const seen = lasting();
    expect(await verdict(seen)).toBe("alice");
    state.published = { ...state.published, [HOUSE]: [jwkOf("p256")] };
    await verdict(seen, HOUR);
    expect(await verdict(seen, HOUR + 1)).toBe("token-key-unknown");
  });

  test("a key that was replaced under its id no longer verifies tokens that were seen", async () => {
    const { verdict, state } = watched();
    const seen = lasting();
    expect(await verdict(seen)).toBe("alice");
    state.published = { ...state.published, [HOUSE]: [jwkOf("attacker", { kid: "rsa" })] };
    await verdict(seen, HOUR);
    expect(await verdict(seen, HOUR + 1)).toBe("token-signature-invalid");
  });

  test("a key that turned weak under its id verifies nothing", async () => {
    const { verdict, state } = watched();
    const seen = lasting();
    expect(await verdict(seen)).toBe("alice");
    state.published = { ...state.published, [HOUSE]: [jwkOf("rsa", { e: "AQ" }), jwkOf("p256")] };
    await verdict(seen, HOUR);
    expect(await verdict(seen, HOUR + 1)).toBe("token-key-unknown");
  });

  test("a new key verifies as soon as a token names it", async () => {
    const { verdict, state } = watched();
    expect(await verdict(GOOD)).toBe("alice");
    state.published = { ...state.published, [HOUSE]: [jwkOf("rsa"), jwkOf("attacker", { kid: "new" })] };
    expect(await verdict(token({ header: { kid: "new" }, sign: by("attacker") }), 20)).toBe("alice");
  });

  test("a token with another last letter, payload or signature is not taken for one that was seen", async () => {
    const { verdict } = watched();
    expect(await verdict(GOOD)).toBe("alice");
    const last = GOOD.slice(0, -1);
    for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ=") {
      if (GOOD.endsWith(letter)) continue;
      expect(["token-malformed", "token-signature-invalid"]).toContain(await verdict(last + letter));
    }
    const [head, , signature] = GOOD.split(".");
    const other = token({ claims: { sub: "root" } }).split(".")[1];
    expect(await verdict(`${head}.${other}.${signature}`)).toBe("token-signature-invalid");
  });

  test("a signature in other letters names the same user, session and token: a revocation holds for it", async () => {
    const { verifier } = freshVerifier();
    const first = await verifyToken(bearer(malleated()), verifier, NOW);
    const second = await verifyToken(bearer(malleated()), verifier, NOW);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ subject: "alice" });
  });

  test("subjects that look alike are different users", async () => {
    const { verdict } = watched();
    const [composed, decomposed] = ["andr\u00e9", "andre\u0301"];
    expect(await verdict(token({ claims: { sub: composed } }))).toBe(composed);
    expect(await verdict(token({ claims: { sub: decomposed } }))).toBe(decomposed);
    expect(await verdict(token({ claims: { sub: "Alice" } }))).toBe("Alice");
  });

  test("a refusal is not remembered: the same characters are judged anew", async () => {
    const { verdict } = watched();
    const early = token({ claims: { nbf: AT + 60 } });
    expect(await verdict(early)).toBe("token-not-yet-valid");
    expect(await verdict(early, 60)).toBe("alice");
  });
});

describe("by numbers", () => {
  test("ten thousand forged tokens of as many key ids and issuers cost at most one fetch, and known keys go on", async () => {
    const { verdict, state, verifier } = watched();
    expect(await verdict(GOOD)).toBe("alice");
    const before = state.fetches;
    const size = verifier.issuers.size;
    const signature = GOOD.split(".")[2] ?? "";
    for (let at = 0; at < 5000; at++) {
      const unknown = token({ header: { kid: `k${at}` }, sign: () => Buffer.from(signature, "base64url") });
      expect(await verdict(unknown)).toBe("token-key-unknown");
      const foreign = token({ claims: { iss: `https://evil-${at}.example` }, sign: () => Buffer.alloc(256) });
      expect(await verdict(foreign)).toBe("issuer-unknown");
    }
    expect(state.fetches - before).toBeLessThanOrEqual(1);
    expect(verifier.issuers.size).toBe(size);
    expect(await verdict(GOOD)).toBe("alice");
  });
});

describe("proofs a second time", () => {
  const settings = {
    geo: "none",
    timeZone: "UTC",
    countries: [],
    deviceClaimCap: "medium",
    acrValues: {},
  } as const;
  const reasonFor = async (event: unknown, remember: Parameters<typeof proofVerifier>[1]) => {
    const { decision } = await authorize(
      event,
      {
        ...strictPorts,
        now: () => NOW,
        verifier: freshVerifier().verifier,
        proofs: proofVerifier({}, remember, async () => undefined),
        readRiskState: async () => ({ status: "known" }),
        ask: () => ({ verdict: "allow", determining: [], monitored: [], errors: [] }),
      },
      { ...settings, segments: {}, digests: DIGESTS },
    );
    return decision.reasons[0];
  };

  test("a proof counts once", async () => {
    const seen = new Set<string>();
    const remember = async (jkt: string, jti: string) => {
      const first = !seen.has(`${jkt} ${jti}`);
      seen.add(`${jkt} ${jti}`);
      return first ? ("first" as const) : ("replayed" as const);
    };
    const { event } = dpop(proof());
    expect(await reasonFor(event, remember)).toBe("policy-permits");
    expect(await reasonFor(event, remember)).toBe("proof-replayed");
    // Signed anew, and so with other characters: the id is what counts.
    expect(await reasonFor(dpop(proof()).event, remember)).toBe("proof-replayed");
    expect(await reasonFor(dpop(proof({ claims: { jti: "p-2" } })).event, remember)).toBe("policy-permits");
  });

  test("a proof that cannot be looked up does not count", async () => {
    expect(await reasonFor(dpop(proof()).event, async () => "unavailable")).toBe("replay-store-unavailable");
  });

  test("a proof that does not hold is not written down", async () => {
    let writes = 0;
    const count = async () => {
      writes += 1;
      return "first" as const;
    };
    await reasonFor(dpop(proof({ claims: { htm: "POST" } })).event, count);
    await reasonFor(dpop(proof({ sign: by("attackerEc", "ES256") })).event, count);
    await reasonFor(dpop(proof(), `Bearer ${BOUND}`).event, count);
    expect(writes).toBe(0);
  });
});
