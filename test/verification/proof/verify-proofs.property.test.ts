import fc from "fast-check";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { type ProofVerifier, verifyProofs } from "../../../verification/proof/verify-proofs.ts";
import { verifiedToken } from "../../support/domain/identities.ts";
import { http1Event, httpEvent, restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";
import { boundRequest, NOW, ORIGINS, proofMaker, TOKEN } from "../../support/verification/proof-maker.ts";

let client: Awaited<ReturnType<typeof proofMaker>>;
let good: string;
beforeAll(async () => {
  client = await proofMaker();
  good = await client.sign();
});

const verifier: ProofVerifier = {
  publicOrigins: ORIGINS,
  age: { maxAge: 60, leeway: 5 },
  remember: async () => "first",
};
const verify = (proof: string) =>
  verifyProofs(
    boundRequest({ proof: new RawToken(proof) }),
    verifiedToken({ binding: { jkt: client.jkt } }),
    verifier,
    NOW,
  );
const RUNS = { numRuns: 1000 };
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value) ?? "").toString("base64url");
const partsOf = (proof: string) => {
  const [header = "", payload = "", signature = ""] = proof.split(".");
  const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  return { header: decode(header), payload: decode(payload), signature };
};

test("the proof that is made wrong below is right as it is", async () => {
  expect(await verify(good)).toMatchObject({ status: "verified" });
});

test("any text for a proof is refused, and nothing throws", () =>
  fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 5000 }), async (text) => {
      expect(await verify(text)).toEqual({ status: "unverified", reason: "proof-invalid" });
    }),
    RUNS,
  ));

test("a good proof with any other character anywhere is refused", () =>
  fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(..."ABQgwz019-_.=~ ,\n"), async (place, character) => {
      const at = place % good.length;
      if (good[at] === character) return;
      const changed = good.slice(0, at) + character + good.slice(at + 1);
      expect(await verify(changed)).toEqual({ status: "unverified", reason: "proof-invalid" });
    }),
    RUNS,
  ));

test("a good proof with anything in place of a member is refused", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom("typ", "alg", "jwk", "jti", "htm", "htu", "iat", "ath"),
      fc.jsonValue(),
      async (name, value) => {
        const { header, payload, signature } = partsOf(good);
        (name in header ? header : payload)[name] = value;
        const changed = `${encoded(header)}.${encoded(payload)}.${signature}`;
        if (changed === good) return;
        expect(await verify(changed)).toEqual({ status: "unverified", reason: "proof-invalid" });
      },
    ),
    RUNS,
  ));

test("no list of DPoP headers but one of a good proof lets a bound token through, on any kind of API", () => {
  const header = fc.oneof(fc.constantFrom("good", "good, good", "good,", "", " "), fc.string());
  const makers = fc.constantFrom(restEvent, tokenEvent, http1Event, httpEvent);
  const names = fc.shuffledSubarray(["DPoP", "dpop", "DPOP", "dPoP"], { minLength: 1 });
  const bound = verifiedToken({ binding: { jkt: client.jkt } });
  let verified = 0;
  return fc
    .assert(
      fc.asyncProperty(makers, names, header, async (make, spelled, text) => {
        const value = text.replaceAll("good", good);
        const headers = Object.fromEntries(spelled.map((name) => [name, value]));
        const read = readRequest(make({ authorization: `DPoP ${TOKEN}`, headers }), "none", NOW);
        // HTTP APIs are called by their execute-api address here, which the proof does not name.
        const request = { ...read, kind: "rest-request", stage: "prod" } as const;
        const outcome = await verifyProofs(request, bound, verifier, NOW);
        if (outcome.status !== "verified") return;
        verified += 1;
        expect({ value, spelled: spelled.length }).toEqual({ value: good, spelled: 1 });
      }),
      RUNS,
    )
    .then(() => expect(verified).toBeGreaterThan(10));
});
