import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import type { JwksCache } from "aws-jwt-verify/jwk";
import { JwtVerifier } from "aws-jwt-verify/jwt-verifier";
import type { IssuerSettings } from "../../contract/settings.ts";
import { type ClaimMapping, type ClaimPreset, claimMapping } from "../../domain/claim-mapping.ts";

/** Seconds by which an issuer's clock may differ from ours (RFC 7519 §4.1.4: "usually no more than a few minutes"). */
export const CLOCK_LEEWAY = 5;

/** A configured issuer, ready to verify. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly claims: ClaimMapping;
  /** Resolves to the payload if signature, `iss`, audience, `exp` and `nbf` hold; rejects with an error of aws-jwt-verify. */
  readonly verify: (token: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Fetches the keys ahead of the first token. */
  readonly prepare: () => Promise<void>;
}

/** By exact `iss` value, so that a token of an unknown issuer costs one look-up. */
export type TrustedIssuers = ReadonlyMap<string, TrustedIssuer>;

export function trustIssuers(settings: readonly IssuerSettings[], jwksCache: JwksCache): TrustedIssuers {
  return new Map(settings.map((one) => [one.issuer, trustIssuer(one, jwksCache)]));
}

function trustIssuer(settings: IssuerSettings, jwksCache: JwksCache): TrustedIssuer {
  const { preset, issuer } = settings;
  const audience = [...settings.audience];
  const cognito = preset === "cognito";
  const verifier = JwtVerifier.create(
    {
      issuer,
      jwksUri: settings.jwksUri ?? jwksUriOf(preset, issuer),
      // Cognito access tokens carry no `aud` but `client_id`, which validateCognitoJwtFields checks.
      audience: cognito ? null : audience,
      graceSeconds: CLOCK_LEEWAY,
      ...(cognito && {
        customJwtCheck: ({ payload }) =>
          validateCognitoJwtFields(payload, { tokenUse: settings.tokenUse ?? "access", clientId: audience }),
      }),
    },
    { jwksCache },
  );
  return {
    issuer,
    claims: claimMapping(preset, settings.claims),
    verify: async (token) => verifier.verify(token),
    prepare: () => verifier.hydrate(),
  };
}

/** Where each product publishes its keys, by its documentation. Discovery is not consulted. */
export function jwksUriOf(preset: ClaimPreset, issuer: string): string {
  const base = issuer.replace(/\/$/, "");
  switch (preset) {
    case "entra":
      return `${base.replace(/\/v2\.0$/, "")}/discovery/v2.0/keys`;
    case "okta":
      return `${base}/v1/keys`;
    case "keycloak":
      return `${base}/protocol/openid-connect/certs`;
    case "cognito":
    case "auth0":
    case "oidc":
      return `${base}/.well-known/jwks.json`;
  }
}
