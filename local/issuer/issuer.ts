import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import {
  type ClientMetadata,
  type Configuration,
  errors,
  Provider,
  type ResourceServerInstance,
} from "oidc-provider";
import type { TokenBinding } from "../../domain/evidence/identity.ts";
import type { EpochSeconds } from "../../domain/time.ts";
import { closeServer } from "../listen.ts";
import type { LocalCertificates } from "./certificates.ts";
import { createStorage } from "./issuer-storage.ts";
import { answerTokenRequest, TOKEN_PATH } from "./issuer-token-endpoint.ts";
import { CLIENT_ID, type PersonaClaims, personaClaims } from "./persona.ts";

/** A running OpenID provider on the laptop. */
export interface Issuer {
  /** `https://localhost:<port>`, the exact `iss` of its tokens */
  readonly url: string;
  readonly jwksUri: string;
  /** `aud` of its tokens */
  readonly audience: string;
  /**
   * Issues a JWT access token (`at+jwt`, RS256) with the provider's published key.
   * Rejects claims that are not in PersonaClaims.
   */
  readonly issueToken: (claims: PersonaClaims, variation?: TokenVariation) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** For tokens that are bound to a key, or that are properly signed but must be refused. */
export interface TokenVariation {
  /** Another `aud` than the issuer's default */
  readonly audience?: string;
  /** Time of issue instead of now; `exp` follows it */
  readonly issuedAt?: EpochSeconds;
  /** The token's `cnf` claim for DPoP (RFC 9449 §6.1) and mutual TLS (RFC 8705 §3.1) */
  readonly binding?: TokenBinding;
}

export interface IssuerOptions {
  /** @default any free port */
  readonly port?: number;
  readonly certificates: Pick<LocalCertificates, "key" | "cert">;
  /** Identifier of the API that tokens are for, an absolute URI without a fragment (RFC 8707 §2) */
  readonly audience: string;
}

const DEFAULT_TTL = 3600;

/** The claims that one token adds to the provider's own. */
interface Extras {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuedAt?: EpochSeconds;
}

/**
 * Starts an OpenID provider over TLS on 127.0.0.1, with a signing key that exists as long as the
 * provider. It has no login: tokens come from `issueToken`, from `POST /dev/token`, or from the
 * client credentials grant.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  let answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(503).end();
  };
  const { key, cert } = options.certificates;
  const server = createServer({ key, cert }, (request, response) => answer(request, response));
  await listen(server, options.port ?? 0);
  // The provider needs its own address, so the server starts first.
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  try {
    const { provider, issueToken } = await createProvider(url, options.audience);
    const serve = provider.callback();
    answer = (request, response) => {
      if (request.url?.split("?")[0] !== TOKEN_PATH) serve(request, response);
      else void answerTokenRequest(request, response, issueToken).catch(() => response.destroy());
    };
    return {
      url,
      jwksUri: `${url}/jwks`,
      audience: options.audience,
      issueToken,
      close: () => closeServer(server),
    };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

async function createProvider(
  url: string,
  audience: string,
): Promise<{ readonly provider: Provider; readonly issueToken: Issuer["issueToken"] }> {
  const extras = new WeakMap<object, Extras>();
  const provider = new Provider(url, await configure(audience, extras));
  const { ResourceServer } = provider as unknown as WithResourceServer;
  const issueToken: Issuer["issueToken"] = async (claims, variation = {}) => {
    const { sub, sid, scope, ttl = DEFAULT_TTL, ...others } = personaClaims.parse(claims);
    const client = await provider.Client.find(CLIENT_ID);
    if (client === undefined) throw new Error(`Client ${CLIENT_ID} is not registered with the issuer`);
    const resourceServer = new ResourceServer(
      variation.audience ?? audience,
      resourceServerInfo(variation.audience ?? audience),
    );
    const token = new provider.AccessToken({
      client,
      accountId: sub,
      resourceServer,
      expiresIn: ttl,
      grantId: randomUUID(),
      gty: "dev_token",
      ...(scope !== undefined && { scope }),
    });
    const { jkt, x5t } = variation.binding ?? {};
    Object.assign(token, {
      ...(jkt !== undefined && { jkt }),
      ...(x5t !== undefined && { "x5t#S256": x5t }),
    });
    extras.set(token, {
      claims: { ...others, sid },
      ...(variation.issuedAt !== undefined && { issuedAt: variation.issuedAt }),
    });
    return token.save();
  };
  return { provider, issueToken };
}

async function configure(audience: string, extras: WeakMap<object, Extras>): Promise<Configuration> {
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
  const client: ClientMetadata = {
    client_id: CLIENT_ID,
    client_secret: randomBytes(32).toString("base64url"),
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
  };
  return {
    adapter: createStorage(),
    clients: [client],
    jwks: { keys: [jwk] as NonNullable<Configuration["jwks"]>["keys"] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    renderError: async (context, out) => {
      context.type = "json";
      context.body = JSON.stringify(out);
    },
    findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    extraTokenClaims: async (_context, token) => ({ ...extras.get(token)?.claims }),
    formats: {
      customizers: {
        jwt: async (_context, token, parts) => {
          const issuedAt = extras.get(token)?.issuedAt;
          if (issuedAt === undefined) return;
          const { iat, exp } = parts.payload as { iat: number; exp: number };
          Object.assign(parts.payload, { iat: issuedAt, exp: issuedAt + exp - iat });
        },
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => audience,
        getResourceServerInfo: async (_context, resource) => {
          if (resource !== audience) throw new errors.InvalidTarget();
          return resourceServerInfo(audience);
        },
        useGrantedResource: async () => true,
      },
    },
  };
}

const resourceServerInfo = (audience: string) => ({
  audience,
  scope: "",
  accessTokenFormat: "jwt" as const,
  jwt: { sign: { alg: "RS256" as const } },
});

/** The published types lack this class. */
interface WithResourceServer {
  readonly ResourceServer: new (
    identifier: string,
    info: ReturnType<typeof resourceServerInfo>,
  ) => ResourceServerInstance;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
