import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { createLocalCertificates, type LocalCertificates } from "../../../local/issuer/certificates.ts";
import { type Issuer, startIssuer } from "../../../local/issuer/issuer.ts";
import type { PersonaClaims } from "../../../local/issuer/persona.ts";
import { CLAIMS } from "../../support/shop/persona-claims.ts";

const AUDIENCE = "https://api.example";

let dir: string;
let certificates: LocalCertificates;
let issuer: Issuer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "sallyport-issuer-"));
  certificates = await createLocalCertificates(dir);
  issuer = await startIssuer({ certificates, audience: AUDIENCE });
});

afterAll(async () => {
  await issuer.close();
  await rm(dir, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A request that trusts the local authority and nothing else. */
function call(
  url: string,
  options: { method?: string; headers?: Record<string, string>; ca?: string } = {},
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { ca = certificates.ca, ...others } = options;
    const sent = request(url, { ...others, ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("error", reject).end(body);
  });
}

const json = { "Content-Type": "application/json" };
const liveKeys = async () =>
  createLocalJWKSet(JSON.parse((await call(issuer.jwksUri)).text) as JSONWebKeySet);
const verify = async (token: string) =>
  jwtVerify(token, await liveKeys(), {
    issuer: issuer.url,
    audience: AUDIENCE,
    typ: "at+jwt",
    algorithms: ["RS256"],
  });

describe("certificates", () => {
  test("are for localhost and 127.0.0.1, and are trusted only with the authority", async () => {
    const discovery = "/.well-known/openid-configuration";
    expect((await call(`${issuer.url}${discovery}`)).status).toBe(200);
    const byAddress = `${issuer.url.replace("localhost", "127.0.0.1")}${discovery}`;
    expect((await call(byAddress)).status).toBe(200);
    const other = await createLocalCertificates(join(dir, "other"));
    await expect(call(`${issuer.url}${discovery}`, { ca: other.ca })).rejects.toThrow(/signature|verify/i);
  });

  test("leave no private key on disk", async () => {
    const folder = await mkdtemp(join(dir, "again-"));
    const made = await createLocalCertificates(folder);
    expect(await readdir(folder)).toEqual(["ca.pem"]);
    expect(await readFile(made.caFile, "utf8")).toBe(made.ca);
    expect(made.ca).not.toContain("PRIVATE KEY");
  });
});

describe("issueToken", () => {
  test("mints an at+jwt that verifies against the live key set and carries the claims", async () => {
    const { payload, protectedHeader } = await verify(await issuer.issueToken(CLAIMS));
    expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: expect.any(String) });
    expect(payload).toMatchObject({ ...CLAIMS, iss: issuer.url, aud: AUDIENCE });
    expect(payload).toMatchObject({ client_id: expect.any(String), jti: expect.any(String) });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  test("gives tokens distinct ids, a scope, a risk score and any time to live", async () => {
    const order = { ...CLAIMS, ttl: 60, scope: "orders:read orders:write", risk_score: 12 };
    const [one, two] = [await issuer.issueToken(order), await issuer.issueToken(order)];
    const first = (await verify(one)).payload;
    expect(first).toMatchObject({ scope: order.scope, risk_score: 12 });
    expect((first.exp ?? 0) - (first.iat ?? 0)).toBe(60);
    expect(first).not.toHaveProperty("ttl");
    expect((await verify(two)).payload.jti).not.toBe(first.jti);
  });

  test("binds a token to a key, to a certificate, or to both", async () => {
    const [jkt, x5t] = ["a".repeat(43), "b".repeat(43)];
    const bound = async (binding: object) =>
      (await verify(await issuer.issueToken(CLAIMS, { binding }))).payload.cnf;
    expect(await bound({ jkt })).toEqual({ jkt });
    expect(await bound({ x5t })).toEqual({ "x5t#S256": x5t });
    expect(await bound({ jkt, x5t })).toEqual({ jkt, "x5t#S256": x5t });
    expect((await verify(await issuer.issueToken(CLAIMS))).payload).not.toHaveProperty("cnf");
  });

  test.each([
    ["a role that is no string", { ...CLAIMS, roles: [1] }],
    ["no subject", { ...CLAIMS, sub: "" }],
    ["a claim that it does not know", { ...CLAIMS, aud: "x" }],
    ["a life of no seconds", { ...CLAIMS, ttl: 0 }],
  ])("refuses %s", async (_name, claims) => {
    await expect(issuer.issueToken(claims as unknown as PersonaClaims)).rejects.toThrow();
  });
});

describe("POST /dev/token", () => {
  const url = () => `${issuer.url}/dev/token`;

  test("answers curl with a token that verifies", async () => {
    const { stdout } = await promisify(execFile)("curl", [
      ...["--silent", "--cacert", certificates.caFile, url()],
      ...["--header", "Content-Type: application/json", "--data", JSON.stringify({ ...CLAIMS, ttl: 60 })],
    ]);
    const reply = JSON.parse(stdout);
    expect(reply).toMatchObject({ token_type: "Bearer", expires_in: 60 });
    expect((await verify(reply.access_token)).payload.sub).toBe("alice");
  });

  test.each([
    ["GET", "GET", json, undefined, 405],
    ["a form, as a foreign web page could send it", "POST", { "Content-Type": "text/plain" }, "{}", 415],
    ["no JSON", "POST", json, "{", 400],
    ["claims that are none", "POST", json, '{"sub":1}', 400],
    ["too much", "POST", json, `"${"a".repeat(70_000)}"`, 413],
  ])("refuses %s", async (_name, method, headers, body, status) => {
    const reply = await call(url(), { method, headers: headers as Record<string, string> }, body);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text)).toHaveProperty("error");
  });
});

test("the provider has no login to fall into", async () => {
  const reply = await call(`${issuer.url}/auth?client_id=sallyport-laptop&response_type=code&scope=openid`);
  expect(reply.status).toBe(400);
});
