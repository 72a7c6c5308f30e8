import { deviceIdOf, keysToAskFor } from "../../../domain/evidence/registered-device.ts";
import { identity } from "../../support/domain/identities.ts";

const dpop = { method: "dpop", thumbprint: "k" } as const;
const mtls = { method: "mtls", thumbprint: "c" } as const;
const KEY = "a".repeat(43);
const NAMED = `key:${KEY}`;
const { deviceId: _, ...claimless } = identity();

test.each([
  ["the claim", identity({ deviceId: "d1", proofs: [dpop] }), "d1"],
  ["the key, without a claim", { ...claimless, proofs: [dpop] }, "key:k"],
  ["the certificate before another key", { ...claimless, proofs: [dpop, mtls] }, "key:c"],
  ["nothing, without either", claimless, undefined],
] as const)("a device is named by %s", (_, identity, id) => {
  expect(deviceIdOf(identity)).toBe(id);
});

test.each([
  ["that were shown, whatever the claim", identity({ deviceId: "d1", proofs: [dpop, mtls] }), ["k", "c"]],
  ["that the id names, though none was shown", identity({ deviceId: NAMED, proofs: [] }), [KEY]],
  ["of both ways", identity({ deviceId: NAMED, proofs: [dpop] }), ["k", KEY]],
  ["once each", { ...claimless, proofs: [{ ...dpop, thumbprint: KEY }] }, [KEY]],
  ["of none, for a bearer token of another id", identity({ deviceId: "key:short", proofs: [] }), []],
  ["of none, for a key's name inside of another id", identity({ deviceId: `x${NAMED}`, proofs: [] }), []],
  [
    "of none, for a longer id that begins with a key's name",
    identity({ deviceId: `${NAMED}x`, proofs: [] }),
    [],
  ],
  ["of none, without an id and proofs", claimless, []],
] as const)("retirement is asked for keys %s", (_, identity, keys) => {
  expect(keysToAskFor(identity)).toStrictEqual(keys);
});
