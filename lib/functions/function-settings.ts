import { namedIssuer } from "../../configuration/issuer-form.ts";
import type { IssuerInput } from "../../configuration/issuer-schema.ts";
import type { Configuration } from "../../configuration/read-configuration.ts";
import { mergeRisk } from "../../configuration/risk-rules.ts";
import type { AuthorizerSettings, IssuerSettings, ScorerSettings } from "../../contract/settings.ts";
import type { IssuerPreset } from "../../verification/issuers/products.ts";

/** The authorizer's part of the configuration. */
export function authorizerSettings(configuration: Configuration): AuthorizerSettings<IssuerPreset> {
  return {
    issuers: configuration.issuers.map(issuerSettings),
    timeZone: configuration.timeZone,
    countries: configuration.countries,
    geo: configuration.geo.source,
    deviceClaimCap: configuration.deviceClaimCap,
    ...(configuration.devicePostureMaxAge !== undefined && {
      devicePostureMaxAge: configuration.devicePostureMaxAge,
    }),
    acrValues: configuration.acrValues,
    ...(configuration.segments !== undefined && {
      segmentLimits: configuration.segments as NonNullable<AuthorizerSettings["segmentLimits"]>,
    }),
    ...(configuration.publicOrigins !== undefined && { publicOrigins: configuration.publicOrigins }),
    ...(configuration.webSocket?.queryParameter !== undefined && {
      webSocket: { queryParameter: configuration.webSocket.queryParameter },
    }),
    ...(configuration.dpop !== undefined && {
      dpop: configuration.dpop as NonNullable<AuthorizerSettings["dpop"]>,
    }),
    ...networkSettings(configuration.network),
  };
}

/** The scorer's part of the configuration. */
export function scorerSettings(configuration: Configuration): ScorerSettings {
  return {
    timeZone: configuration.timeZone,
    geo: configuration.geo.source,
    ...mergeRisk(configuration.risk),
  };
}

function networkSettings({
  proxy,
  noProxy,
}: NonNullable<Configuration["network"]> = {}): Pick<AuthorizerSettings, "network"> {
  if (proxy === undefined) return {};
  return { network: { proxy, ...(noProxy !== undefined && { noProxy }) } };
}

function issuerSettings(issuer: IssuerInput): IssuerSettings<IssuerPreset> {
  const named = namedIssuer(issuer);
  if (named === undefined) throw new Error("an issuer of an unchecked configuration");
  return {
    ...named,
    ...(issuer.jwksUri !== undefined && { jwksUri: issuer.jwksUri }),
    ...(issuer.discovery !== undefined && { discovery: issuer.discovery }),
    ...(issuer.introspection !== undefined && {
      introspection: issuer.introspection as NonNullable<IssuerSettings["introspection"]>,
    }),
    ...(issuer.keyRefresh !== undefined && { keyRefresh: issuer.keyRefresh }),
    ...(issuer.keysStaleFor !== undefined && { keysStaleFor: issuer.keysStaleFor }),
    ...(issuer.profile !== undefined && { profile: issuer.profile }),
    ...(issuer.algorithms !== undefined && { algorithms: issuer.algorithms }),
    ...(issuer.leeway !== undefined && { leeway: issuer.leeway }),
    ...(issuer.maxTokenAge !== undefined && { maxTokenAge: issuer.maxTokenAge }),
    ...(issuer.maxAuthenticationAge !== undefined && { maxAuthenticationAge: issuer.maxAuthenticationAge }),
    ...(issuer.boundTokens !== undefined && { boundTokens: issuer.boundTokens }),
    ...(issuer.claims !== undefined && { claims: issuer.claims as NonNullable<IssuerSettings["claims"]> }),
  };
}
