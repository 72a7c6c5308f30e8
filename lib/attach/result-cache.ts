import type { AuthorizerSettings, BoundTokens, GeoSource } from "../../contract/settings.ts";

/** The kinds of API Gateway authorizer that can ask Sallyport's function. */
export type AuthorizerKind = "REST REQUEST" | "REST TOKEN" | "HTTP" | "WEBSOCKET";

/** What an authorizer says of the cache of its verdicts. */
export interface DeclaredCache {
  readonly kind: AuthorizerKind;
  /**
   * Seconds that API Gateway may reuse a verdict; absent where the authorizer leaves it to API
   * Gateway
   */
  readonly ttl?: number | "unknown";
  /** The cache key: identity sources as CloudFormation states them */
  readonly identitySources: readonly string[];
}

/** What a deployment's settings mean for caches of its verdicts. */
export interface CacheRules {
  /** Where the function takes addresses and countries from */
  readonly geo: GeoSource;
  /**
   * What the function does with tokens that take a proof; `refused` only where it does so for every
   * issuer
   */
  readonly boundTokens: BoundTokens;
}

export interface ResultCache extends DeclaredCache, CacheRules {}

export const cacheRulesOf = ({ geo, issuers }: Pick<AuthorizerSettings, "geo" | "issuers">): CacheRules => ({
  geo,
  boundTokens: issuers.every(({ boundTokens }) => boundTokens === "refused") ? "refused" : "accepted",
});

const UNSET = {
  "REST REQUEST": "the TTL is not set, so API Gateway caches verdicts for 300 s",
  "REST TOKEN": "the TTL is not set, so API Gateway caches verdicts for 300 s",
  HTTP: "the TTL is not set, and what API Gateway takes then is not documented",
} as const;

interface CacheInput {
  readonly name: string;
  readonly rest: string;
  readonly http: string;
  readonly leftOut: string;
}

// The path and not the route: policies read the path, and one route ({proxy+}) has many.
const INPUTS: readonly CacheInput[] = [
  {
    name: "the token",
    rest: "method.request.header.Authorization",
    http: "$request.header.Authorization",
    leftOut: "one user's verdict, session and device would be reused for another's",
  },
  {
    name: "the HTTP method",
    rest: "context.httpMethod",
    http: "$context.httpMethod",
    leftOut: "the verdict on a read would be reused for a write",
  },
  {
    name: "the path",
    rest: "context.path",
    http: "$context.path",
    leftOut: "the verdict on one route would be reused for another",
  },
  {
    name: "the source address",
    rest: "context.identity.sourceIp",
    http: "$context.identity.sourceIp",
    leftOut: "the verdict on one address would be reused for another, such as that of a stolen token's thief",
  },
];

// CloudFront-Viewer-Address could be in the key, but holds the port: the cache would hardly ever be
// hit.
const CLOUDFRONT_FLAW =
  'with the geo source "cloudfront" address and country come from CloudFront-Viewer-* headers, which are in no cache key that could be used: the verdict on one viewer would be reused for another';

// A key with the DPoP header would differ with each proof and never be hit, and the same proof
// twice would pass; of certificates API Gateway names only fields in the key, and issuers do not
// say which.
const PROOF_FLAW =
  'the proof of possession is not in the cache key and cannot be: a token that is bound to a key would pass without its proof. Set the TTL to 0, or boundTokens of every issuer to "refused"';

/**
 * Says what is wrong with caching verdicts so; empty if every input of the decision that a caller
 * can change is in the key. Says nothing about inputs that change by themselves: even a safe key
 * keeps a verdict alive for the TTL after risk rose or a session was revoked.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
export function flawsOfCache({ kind, ttl, identitySources, geo, boundTokens }: ResultCache): string[] {
  if (ttl === 0 || kind === "WEBSOCKET") return [];
  const what =
    ttl === undefined
      ? UNSET[kind]
      : ttl === "unknown"
        ? "the TTL is known only at deployment, so verdicts may be cached"
        : `verdicts are cached for ${ttl} s`;
  if (geo === "cloudfront") return [`${what}, but ${CLOUDFRONT_FLAW}. Set the TTL to 0.`];
  if (kind === "REST TOKEN") {
    return [
      `${what}, but a TOKEN authorizer's cache key is the token alone: one verdict would be reused for every route, method and address. Set the TTL to 0 or use a REQUEST authorizer.`,
    ];
  }
  const present = new Set(identitySources.map((source) => source.trim().toLowerCase()));
  const leftOut = INPUTS.flatMap((input) => {
    const source = kind === "REST REQUEST" ? input.rest : input.http;
    if (present.has(source.toLowerCase())) return [];
    return [
      `${what}, but ${input.name} is not in the cache key: ${input.leftOut}. Set the TTL to 0 or add ${source} to the identity sources.`,
    ];
  });
  return boundTokens === "refused" ? leftOut : [...leftOut, `${what}, but ${PROOF_FLAW}.`];
}

/** The identity sources that make a cache key complete for an API of this kind. */
export function completeCacheKey(kind: "REST REQUEST" | "HTTP"): string[] {
  return INPUTS.map(({ rest, http }) => (kind === "REST REQUEST" ? rest : http));
}
