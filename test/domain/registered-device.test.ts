import { deviceIdOf } from "../../domain/registered-device.ts";
import { verifiedIdentity } from "./verified-identity.ts";

const dpop = { method: "dpop", thumbprint: "k" } as const;
const mtls = { method: "mtls", thumbprint: "c" } as const;
const { deviceId: _, ...claimless } = verifiedIdentity();

test.each([
  ["the claim", verifiedIdentity({ deviceId: "d1", proofs: [dpop] }), "d1"],
  ["the key, without a claim", { ...claimless, proofs: [dpop] }, "key:k"],
  ["the certificate before another key", { ...claimless, proofs: [dpop, mtls] }, "key:c"],
  ["nothing, without either", claimless, undefined],
] as const)("a device is named by %s", (_, identity, id) => {
  expect(deviceIdOf(identity)).toBe(id);
});
