import { identityOf, type PossessionProof, unverified } from "../../../domain/evidence/identity.ts";
import { verifiedToken } from "../../support/domain/identities.ts";

const dpop: PossessionProof = { method: "dpop", thumbprint: "k" };
const mtls: PossessionProof = { method: "mtls", thumbprint: "c" };

describe("identityOf", () => {
  test.each([
    ["a bearer token without proofs", {}, []],
    ["a token bound by DPoP with its proof", { binding: { jkt: "k" } }, [dpop]],
    ["a token bound to a certificate with its proof", { binding: { x5t: "c" } }, [mtls]],
    ["a token bound in both ways with both proofs", { binding: { jkt: "k", x5t: "c" } }, [dpop, mtls]],
  ])("makes an identity of %s", (_, change, proofs) => {
    const token = verifiedToken(change);
    expect(identityOf(token, proofs)).toEqual({ ...token, proofs });
  });

  test.each([
    ["a token bound by DPoP without a proof", { binding: { jkt: "k" } }, []],
    ["a token bound by DPoP with a proof of another key", { binding: { jkt: "j" } }, [dpop]],
    ["a token bound by DPoP with a certificate of the same name", { binding: { jkt: "c" } }, [mtls]],
    ["a token bound to a certificate without a proof", { binding: { x5t: "c" } }, []],
    ["a token bound in both ways with the certificate alone", { binding: { jkt: "k", x5t: "c" } }, [mtls]],
    ["a token bound in both ways with one proof twice", { binding: { jkt: "k", x5t: "c" } }, [dpop, dpop]],
    ["a bearer token with a proof", {}, [dpop]],
    ["a token bound by DPoP with a second proof", { binding: { jkt: "k" } }, [dpop, mtls]],
  ])("throws for %s", (_, change, proofs) => {
    expect(() => identityOf(verifiedToken(change), proofs)).toThrow("the proofs are not those of the keys");
  });
});

test("a caller who is not verified has a reason and nothing of the token", () => {
  expect(unverified("token-expired")).toEqual({ status: "unverified", reason: "token-expired" });
});
