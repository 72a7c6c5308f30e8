import type { IssuerSettings } from "../../contract/settings.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import { type ClaimMapping, mergeClaims } from "../../domain/evidence/claim-mapping.ts";
import type { SignatureAlgorithm } from "../../domain/evidence/signature-algorithm.ts";
import { DEFAULT_LEEWAY } from "../../domain/evidence/token-limits.ts";
import { productOf } from "../issuers/products.ts";
import type { VerificationKey } from "../keys/verification-key.ts";
import type { TokenRules } from "./token-claims.ts";

/** An issuer's keys as they are now. */
export interface IssuerKeys {
  /** The key of that id, fetched if need be, or why there is none. Never rejects. */
  readonly find: (kid: string) => Promise<VerificationKey | { readonly refused: ReasonCode }>;
  /** Whether a key that `find` gave is still one of the issuer's */
  readonly trusts: (key: VerificationKey) => boolean;
  /** Fetches the keys ahead of the first token. Never rejects. */
  readonly prepare: () => Promise<void>;
  /** When no fetch is under way. Never rejects. */
  readonly settled: () => Promise<void>;
}

/** A configured issuer, ready to verify. */
export interface TrustedIssuer {
  /** By which users, sessions and services are known; `rules.issuer` may be another name of the same issuer */
  readonly name: string;
  readonly rules: TokenRules;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly claims: ClaimMapping;
  /** Tokens with `cnf` do not count, whatever proof comes with them */
  readonly refusesBound: boolean;
  readonly keys: IssuerKeys;
}

/** By exact `iss` value, so that a token of an unknown issuer costs one look-up. */
export type TrustedIssuers = ReadonlyMap<string, TrustedIssuer>;

const ALGORITHMS: readonly SignatureAlgorithm[] = ["RS256", "PS256", "ES256", "EdDSA"];

/** Makes the source of an issuer's keys; under another name than the configured one, or beside introspection, there may be none. */
type KeysOf = (issuer: IssuerSettings, options: { readonly mayHaveNone: boolean }) => IssuerKeys;

export function trustIssuers(settings: readonly IssuerSettings[], keysOf: KeysOf): TrustedIssuers {
  return new Map(
    settings.flatMap((one) => {
      const issuer = trustIssuer(one, keysOf);
      const other = productOf(one.preset).otherName?.(one.issuer);
      return [
        [one.issuer, issuer] as const,
        // A name that is configured for itself keeps its own audience and rules.
        ...(other === undefined || settings.some(({ issuer: named }) => named === other)
          ? []
          : [[other, underOtherName(issuer, other, one, keysOf)] as const]),
      ];
    }),
  );
}

/** The same issuer: its users, and all that is held against them, are known by the configured name. */
function underOtherName(
  issuer: TrustedIssuer,
  name: string,
  settings: IssuerSettings,
  keysOf: KeysOf,
): TrustedIssuer {
  const keys =
    settings.jwksUri === undefined
      ? keysOf({ ...settings, issuer: name }, { mayHaveNone: true })
      : issuer.keys;
  // Not fetched ahead: most issuers use one name only, and the other may have no keys at all.
  return {
    ...issuer,
    rules: { ...issuer.rules, issuer: name },
    keys: { ...keys, prepare: async () => undefined },
  };
}

/** Who allows EdDSA allows what RFC 9864 calls Ed25519, not the other way round: EdDSA may be of another curve. */
function withFullNames(algorithms: readonly SignatureAlgorithm[]): readonly SignatureAlgorithm[] {
  return algorithms.includes("EdDSA") ? [...algorithms, "Ed25519"] : algorithms;
}

function trustIssuer(settings: IssuerSettings, keysOf: KeysOf): TrustedIssuer {
  const { issuer, audience, maxTokenAge } = settings;
  const { claims, tokens, payloadTypes } = productOf(settings.preset);
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
    claims: mergeClaims(claims, settings.claims),
    refusesBound: settings.boundTokens === "refused",
    // Who issues opaque tokens may publish no keys; an address that was given is meant to have some.
    keys: keysOf(settings, {
      mayHaveNone:
        settings.introspection !== undefined && settings.jwksUri === undefined && settings.discovery !== true,
    }),
  };
}
