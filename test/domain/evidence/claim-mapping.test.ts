import { type ClaimMapping, mergeClaims } from "../../../domain/evidence/claim-mapping.ts";

const base: ClaimMapping = {
  subject: "sub",
  roles: "roles",
  session: "sid",
  deviceId: "device",
  deviceTrust: "trust",
  mfa: { claim: "amr", values: ["mfa"] },
  risk: "risk",
  scopes: "scope",
  client: "client_id",
  service: { claim: "gty", values: ["client"], clientIn: ["azp"], without: ["sid"] },
};

describe("mergeClaims", () => {
  test("keeps the product's mapping where the deployment has none", () => {
    expect(mergeClaims(base)).toEqual(base);
    expect(mergeClaims(base, {})).toEqual(base);
  });

  test("takes each claim that the deployment names", () => {
    expect(mergeClaims(base, { roles: ["realm", "roles"], risk: "score" })).toEqual({
      ...base,
      roles: ["realm", "roles"],
      risk: "score",
    });
  });

  test("keeps the conditions of a service's sign that the deployment does not name", () => {
    const service = { claim: "kind", values: [true], without: [] };
    expect(mergeClaims(base, { service }).service).toEqual({ ...service, clientIn: ["azp"] });
  });
});
