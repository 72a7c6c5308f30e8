import type { IssuerSettings } from "../../../contract/settings.ts";
import { RawToken } from "../../../domain/evidence/raw-token.ts";
import {
  createFetchDocument,
  type FetchDocument,
  StatusError,
} from "../../../verification/keys/fetch-document.ts";
import { createIntrospection } from "../../../verification/token/introspection.ts";
import { verifyToken } from "../../../verification/token/verify-token.ts";
import { startKeyServer } from "./key-server.ts";
import { AUDIENCE, ISSUER, seconds, tokenIssuer } from "./token-issuer.ts";

export const asked: { method?: string; headers: Record<string, unknown>; body: string }[] = [];
/** What the endpoint says, as JSON, text or a status */
export const endpoint: { says: object | string | number | "silent" } = { says: "silent" };
export const active = (claims: object = {}) => ({
  active: true,
  sub: "alice",
  aud: AUDIENCE,
  iat: seconds() - 10,
  exp: seconds() + 300,
  ...claims,
});

let server: Awaited<ReturnType<typeof startKeyServer>>;
beforeAll(async () => {
  server = await startKeyServer();
  server.answers.set("/introspect", (response) => {
    const { req } = response;
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", () => {
      asked.push({ ...(req.method !== undefined && { method: req.method }), headers: req.headers, body });
      const { says } = endpoint;
      if (says === "silent") return;
      if (typeof says === "number") response.writeHead(says).end("token");
      else response.end(typeof says === "string" ? says : JSON.stringify(says));
    });
  });
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
  endpoint.says = active();
});

/**
 * The endpoint without the way to it, which a busy machine may make too slow for the authorizer.
 */
const inMemory: FetchDocument = async (uri, post) => {
  asked.push({ method: "POST", headers: { ...post?.headers }, body: post?.body ?? "" });
  const said = endpoint.says;
  await new Promise(setImmediate);
  if (typeof said === "number") throw new StatusError(uri, said);
  return new TextEncoder().encode(typeof said === "string" ? said : JSON.stringify(said));
};
/** The way that the authorizer takes. */
export const overTls = () => createFetchDocument({}, server.ca);

/**
 * A verifier that asks that endpoint about opaque tokens, and does not use it unless
 * configured to.
 */
export async function opaqueVerifier(
  settings: Partial<IssuerSettings> = {},
  cacheSeconds?: number,
  fetchDocument = inMemory,
) {
  const state = {
    now: Date.now(),
    failures: [] as string[],
    kinds: [] as string[],
    limited: 0,
    secret: "s3cret",
  };
  const { verifier, sign } = await tokenIssuer(settings, "ES256");
  const issuer = verifier.issuers.get(ISSUER);
  if (issuer === undefined) throw new Error("no issuer");
  const introspect = createIntrospection(
    ISSUER,
    {
      endpoint: `${server.url}/introspect`,
      clientId: "gateway one",
      clientSecretArn: "arn",
      ...(cacheSeconds !== undefined && { cacheSeconds }),
    },
    {
      fetchDocument,
      clientSecret: async () => {
        if (state.secret === "") throw new Error("the secret could not be read");
        return state.secret;
      },
      onFailure: (_, error, kind) => {
        state.failures.push(String(error));
        state.kinds.push(kind);
      },
      onLimited: () => {
        state.limited += 1;
      },
      now: () => state.now,
      random: () => 1,
    },
  );
  const verify = (token: string) =>
    verifyToken(
      { status: "bearer", scheme: "Bearer", token: new RawToken(token) },
      { ...verifier, opaque: { issuer, introspect } },
      state.now,
    );
  return { verify, state, sign, verifier };
}

export const refused = (reason: string) => ({ status: "unverified", reason });

export const introspectionSettings = () => ({
  endpoint: `${server.url}/introspect`,
  clientId: "c",
  clientSecretArn: "arn",
});
