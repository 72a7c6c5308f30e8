import { readConfiguration } from "../../../configuration/read-configuration.ts";
import { readClaims } from "../../../domain/evidence/read-claims.ts";
import { authorizerSettings } from "../../../lib/functions/function-settings.ts";
import { claimsOf, type IssuerPreset } from "../../../verification/issuers/products.ts";
import { keySetAddress } from "../../../verification/keys/key-set-source.ts";

type Claims = Readonly<Record<string, unknown>>;
const TIMES = { iat: 1_790_000_000, exp: 1_790_003_600 };

/**
 * Claims as verification reads them under a preset: the identity, or undefined where they are
 * refused.
 */
export const readAs = (preset: IssuerPreset, claims: Claims) =>
  readClaims("https://issuer.example", { ...TIMES, ...claims }, claimsOf(preset));

/**
 * What every product's test says of it; each name of a claim stands here as the product's
 * documentation has it.
 */
export interface ProductSample {
  /** Fields of an issuer in the configuration file, besides the preset */
  readonly configured: Claims;
  /** The issuer that they name, and where its keys are; `undefined` where discovery says it */
  readonly issuer: string;
  readonly keys: string | undefined;
  /**
   * A token of user u1: role admin, session s1, device d1 of trust low, several factors, scopes a
   * and b, client c1, risk 7
   */
  readonly user: Claims;
  /** Tokens of a service, each with the subject that it is known by */
  readonly services: readonly (readonly [Claims, string])[];
  /** Tokens that look like a service's and are a user's, at least one, by what makes them so */
  readonly users: Readonly<Record<string, Claims>>;
}

/** The tests that hold for every product. */
export function describeProduct(preset: IssuerPreset, sample: ProductSample): void {
  describe(`The preset ${preset}`, () => {
    const content = JSON.stringify({ issuers: [{ preset, ...sample.configured }] });
    const [settings] = authorizerSettings(readConfiguration(content, "/etc/sallyport.json")).issuers;
    if (settings === undefined) throw new Error("the configuration has no issuer");

    test("reads each fact from the claim in which the product keeps it", () => {
      expect(readAs(preset, sample.user)).toEqual({
        status: "verified",
        kind: "user",
        issuer: "https://issuer.example",
        subject: "u1",
        roles: ["admin"],
        scopes: ["a", "b"],
        clientId: "c1",
        sessionId: "s1",
        deviceId: "d1",
        claimedDeviceTrust: "low",
        mfa: true,
        claimedRisk: 7,
        issuedAt: TIMES.iat,
        expiresAt: TIMES.exp,
      });
    });

    test.each(sample.services)(
      "takes %j for a service's, known as %s, that has no factors",
      (claims, subject) => {
        const factors = { amr: ["mfa"], "https://sallyport/amr": ["mfa"] };
        expect(readAs(preset, { ...claims, ...factors })).toMatchObject({
          kind: "service",
          subject,
          mfa: false,
        });
      },
    );

    test.each(Object.entries(sample.users))("takes a token %s for a user's", (_, claims) => {
      expect(readAs(preset, claims)).toMatchObject({ kind: "user" });
    });

    test("is configured by the product's own fields", () => {
      expect(settings).toMatchObject({ preset, issuer: sample.issuer });
      expect(settings.audience.length).toBeGreaterThan(0);
    });

    test("finds the keys where the product publishes them, unless the configuration says otherwise", () => {
      expect(keySetAddress(settings)).toBe(sample.keys);
      expect(keySetAddress({ ...settings, issuer: `${settings.issuer.replace(/\/$/, "")}/` })).toBe(
        sample.keys,
      );
      expect(keySetAddress({ ...settings, discovery: true })).toBeUndefined();
      expect(keySetAddress({ ...settings, jwksUri: "https://keys.example" })).toBe("https://keys.example");
    });
  });
}
