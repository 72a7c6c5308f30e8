import type { IssuerSettings } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import { type ClaimMapping, mergeClaims } from "../../domain/evidence/claim-mapping.ts";
import type { SignatureAlgorithm } from "../../domain/evidence/signature-algorithm.ts";
import { DEFAULT_LEEWAY } from "../../domain/evidence/token-limits.ts";
import { productOf } from "../issuers/products.ts";
import type { VerificationKey } from "../keys/verification-key.ts";
import type { TokenRules } from "./token-claims.ts";

/** An issuer's current keys. */
export interface IssuerKeys {
  /**
   * The key that a token with this key id and algorithm means, fetched if necessary, or why there
   * is none. Never rejects.
   */
  readonly find: (
    kid: string | undefined,
    algorithm: string,
  ) => Promise<VerificationKey | { readonly denied: ReasonCode }>;
  /** Whether a key from `find` still belongs to the issuer */
  readonly trusts: (key: VerificationKey) => boolean;
  /** Fetches the keys before the first token. Never rejects. */
  readonly prepare: () => Promise<void>;
  /** Resolves when no fetch is in progress. Never rejects. */
  readonly settled: () => Promise<void>;
}

/** A configured issuer, ready to verify. */
export interface TrustedIssuer {
  /**
   * The name under which users, sessions and services are known; `rules.issuer` may be another name
   * of the same issuer
   */
  readonly name: string;
  readonly rules: TokenRules;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly claims: ClaimMapping;
  /** Refuses tokens with `cnf`, whatever proof comes with them */
  readonly rejectsBound: boolean;
  readonly keys: IssuerKeys;
}

/** By exact `iss` value, so that a token of an unknown issuer costs one lookup. */
export type TrustedIssuers = ReadonlyMap<string, TrustedIssuer>;

const ALGORITHMS: readonly SignatureAlgorithm[] = ["RS256", "PS256", "ES256", "EdDSA"];

/**
 * Makes the source of an issuer's keys; under an alternative name, or with introspection, there may
 * be none.
 */
type KeysOf = (issuer: IssuerSettings, options: { readonly keysOptional: boolean }) => IssuerKeys;

export function trustIssuers(settings: readonly IssuerSettings[], keysOf: KeysOf): TrustedIssuers {
  return new Map(
    settings.flatMap((one) => {
      const other = productOf(one.preset).otherName?.(one.issuer);
      const first = settings.find(
        ({ preset, issuer }) => preset === one.preset && (issuer === one.issuer || issuer === other),
      );
      // Users are the same under both names: they are known by the one that is configured first.
      const issuer = { ...trustIssuer(one, keysOf), name: first?.issuer ?? one.issuer };
      return [
        [one.issuer, issuer] as const,
        // An alternative name that is configured as an issuer keeps its own audience and rules.
        ...(other === undefined || settings.some(({ issuer: named }) => named === other)
          ? []
          : [[other, underOtherName(issuer, other, one, keysOf)] as const]),
      ];
    }),
  );
}

/** The same issuer: its users and their restrictions are known by the configured name. */
function underOtherName(
  issuer: TrustedIssuer,
  name: string,
  settings: IssuerSettings,
  keysOf: KeysOf,
): TrustedIssuer {
  const keys =
    settings.jwksUri === undefined
      ? keysOf({ ...settings, issuer: name }, { keysOptional: true })
      : issuer.keys;
  // Not fetched ahead: most issuers use one name only, and the other may have no keys.
  return {
    ...issuer,
    rules: { ...issuer.rules, issuer: name },
    claims: claimsUnder(settings, name),
    keys: { ...keys, prepare: async () => undefined },
  };
}

/**
 * Allowing EdDSA allows Ed25519 (RFC 9864) too, but not the reverse: EdDSA includes other curves.
 */
function withFullNames(algorithms: readonly SignatureAlgorithm[]): readonly SignatureAlgorithm[] {
  return algorithms.includes("EdDSA") ? [...algorithms, "Ed25519"] : algorithms;
}

function claimsUnder({ preset, claims }: IssuerSettings, name: string): ClaimMapping {
  const product = productOf(preset);
  return mergeClaims(mergeClaims(product.claims, product.claimsUnder?.(name)), claims);
}

function trustIssuer(settings: IssuerSettings, keysOf: KeysOf): TrustedIssuer {
  const { issuer, audience, maxTokenAge } = settings;
  const { tokens, payloadTypes } = productOf(settings.preset);
  return {
    name: issuer,
    rules: {
      issuer,
      audience,
      profile: settings.profile ?? "generic",
      tokenUse: settings.tokenUse ?? "access",
      leeway: settings.leeway ?? DEFAULT_LEEWAY,
      ...(maxTokenAge !== undefined && { maxTokenAge }),
      ...(tokens !== undefined && settings.profile === undefined && { tokens }),
      ...(payloadTypes !== undefined && { accessTypes: payloadTypes.access }),
    },
    algorithms: withFullNames(settings.algorithms ?? ALGORITHMS),
    claims: claimsUnder(settings, issuer),
    rejectsBound: settings.boundTokens === "refused",
    // An issuer of opaque tokens may publish no keys, unless the configuration gives an address.
    keys: keysOf(settings, {
      keysOptional:
        settings.introspection !== undefined && settings.jwksUri === undefined && settings.discovery !== true,
    }),
  };
}
