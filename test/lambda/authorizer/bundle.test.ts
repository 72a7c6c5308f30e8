import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, SignJWT } from "jose";
import { BUNDLE_FILE, ENV } from "../../../contract/environment.ts";
import type { AuthorizerSettings } from "../../../contract/settings.ts";
import { bundleSource } from "../../../lib/functions/bundle-source.ts";
import { createLocalCertificates, type LocalCertificates } from "../../../local/issuer/certificates.ts";
import { createPool } from "../../../local/lambda/function-pool.ts";
import { compilePolicies } from "../../../policy/compile.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import { httpEvent, restEvent } from "../../support/gateway/gateway-events.ts";

// The very bundle that is deployed, as a separate process behind a Runtime API, with each
// dependency up, down or silent.
const ROOT = join(__dirname, "../../..");
const AUDIENCE = "https://api.example";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

let folder: string;
let certificates: LocalCertificates;
let table: Awaited<ReturnType<typeof startTable>>;
const servers: (http.Server | https.Server)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-authorizer-"));
  certificates = await createLocalCertificates(join(folder, "certificates"));
  table = await startTable();
  writeFileSync(join(folder, "index.mjs"), bundleSource(join(ROOT, "lambda/authorizer/handler.ts")).code);
  writeFileSync(
    join(folder, BUNDLE_FILE.policy),
    JSON.stringify(compilePolicies(join(ROOT, "policies/default"))),
  );
  writeFileSync(join(folder, BUNDLE_FILE.digests), JSON.stringify(DIGESTS));
  const glue = require.resolve("@cedar-policy/cedar-wasm/nodejs");
  copyFileSync(join(glue, "../cedar_wasm_bg.wasm"), join(folder, "cedar_wasm_bg.wasm"));
});
afterAll(async () => {
  await table.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

type Mode = "up" | "down" | "silent";

async function listen(server: http.Server | https.Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => (server as Server).listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/**
 * An address that gives the test's answer, takes the request and never answers, or refuses the
 * connection.
 */
async function endpoint(mode: Mode, answer: (body: string) => string): Promise<string> {
  if (mode === "down") return "http://127.0.0.1:9";
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      if (mode === "up") response.setHeader("content-type", "application/x-amz-json-1.1").end(answer(body));
    });
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

const CLIENT = `Basic ${Buffer.from("gateway:s3cret").toString("base64")}`;

async function issuer(mode: Mode): Promise<string> {
  if (mode === "down") return "https://localhost:9";
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256" }] });
  const answer = { active: true, sub: "bob", aud: AUDIENCE, iat: 1, exp: 9e9, device_trust_level: "medium" };
  const server = https.createServer(certificates, ({ url, headers }, response) => {
    if (mode !== "up") return;
    if (url === "/keys") response.end(keys);
    else response.end(JSON.stringify({ ...answer, active: headers.authorization === CLIENT }));
  });
  return `https://localhost:${await listen(server)}`;
}

async function authorizer(
  modes: { issuer?: Mode; table?: Mode; bus?: Mode },
  timeout = 5000,
  environment: Readonly<Record<string, string>> = { NODE_EXTRA_CA_CERTS: certificates.caFile },
) {
  const events: string[] = [];
  const log: string[] = [];
  const watchers = new Set<() => void>();
  const note = (list: string[], entry: string): void => {
    list.push(entry);
    for (const look of watchers) look();
  };
  const url = await issuer(modes.issuer ?? "up");
  const bus = await endpoint(modes.bus ?? "up", (body) => {
    note(events, body);
    return '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}';
  });
  const risk =
    (modes.table ?? "up") === "up" ? table.endpoint : await endpoint(modes.table ?? "down", () => "{}");
  const settings: AuthorizerSettings = {
    issuers: [
      {
        preset: "oidc",
        issuer: url,
        audience: [AUDIENCE],
        jwksUri: `${url}/keys`,
        ...("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT" in environment && {
          introspection: {
            endpoint: `${url}/introspect`,
            clientId: "gateway",
            clientSecretArn: "arn:secret",
          },
        }),
      },
    ],
    timeZone: "UTC",
    countries: [],
    geo: "none",
    deviceClaimCap: "medium",
    acrValues: {},
    segmentLimits: { billing: { maxAuthenticationAge: 300 } },
  };
  writeFileSync(join(folder, BUNDLE_FILE.settings), JSON.stringify(settings));
  const pool = createPool(
    {
      name: "authorizer",
      arn: "arn:aws:lambda:eu-central-1:000000000000:function:authorizer",
      accountId: "000000000000",
      handler: "index.handler",
      codePath: folder,
      memorySize: 512,
      timeout,
      environment: {
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_ENDPOINT_URL_DYNAMODB: risk,
        AWS_ENDPOINT_URL_EVENTBRIDGE: bus,
        ...environment,
        [ENV.tableName]: table.tableName,
        [ENV.eventBusName]: "access",
      },
    },
    ({ line }) => note(log, line),
    2,
  );
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ device_trust_level: "medium", amr: ["mfa"], roles: [] })
    .setProtectedHeader({ alg: "RS256", kid: "key-1" })
    .setIssuer(url)
    .setAudience(AUDIENCE)
    .setSubject("alice")
    .setIssuedAt(now)
    .setExpirationTime(now + 300)
    .sign(privateKey);
  return {
    token,
    events,
    log,
    ask: async (event: object) => {
      const { answer } = await pool.invoke(JSON.stringify(event));
      if (answer.status !== "ok") throw new Error(`the function failed: ${answer.errorMessage}`);
      return answer.payload as {
        isAuthorized?: boolean;
        context: Record<string, string>;
        policyDocument?: { Statement: { Effect: string }[] };
      };
    },
    /**
     * Fulfilled once the condition holds, which is looked at whenever an event or a log line has
     * come.
     */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => condition() && resolve();
        watchers.add(look);
        look();
      }),
    /**
     * The process ends only after its work: closing is a way to wait for what follows the response.
     */
    close: () => pool.close(),
  };
}

let running: Awaited<ReturnType<typeof authorizer>>;
afterEach(() => running.close());

describe("the authorizer's bundle", () => {
  test("allows a good request and puts its event on the bus", async () => {
    running = await authorizer({});
    const response = await running.ask(restEvent({ authorization: `Bearer ${running.token}` }));
    expect(response.policyDocument?.Statement[0]?.Effect).toBe("Allow");
    await running.until(() => running.events.length === 1);
    const [entry] = JSON.parse(running.events[0] ?? "").Entries;
    expect(JSON.parse(entry.Detail)).toMatchObject({
      metadata: { uid: response.context.decisionId },
      status_code: "policy-permits",
    });
  });

  test("holds a segment to its limits", async () => {
    running = await authorizer({});
    const billing = { authorization: `Bearer ${running.token}`, path: "/api/billing/7" };
    const { context } = await running.ask(restEvent(billing));
    expect(context).toMatchObject({ decision: "step-up", reason: "authentication-too-old" });
    expect(context.wwwAuthenticate).toContain('max_age="300"');
  });

  test("trusts the authority in the file beside it", async () => {
    const file = join(folder, BUNDLE_FILE.extraAuthority);
    copyFileSync(certificates.caFile, file);
    try {
      running = await authorizer({}, 5000, {});
      const response = await running.ask(httpEvent({ authorization: `Bearer ${running.token}` }));
      expect(response.context.reason).toBe("policy-permits");
    } finally {
      rmSync(file);
    }
  });

  test("asks the issuer about an opaque token, with the secret that the extension gives", async () => {
    const extension = await endpoint("up", () => JSON.stringify({ SecretString: "s3cret" }));
    running = await authorizer({}, 5000, {
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: new URL(extension).port,
    });
    const response = await running.ask(httpEvent({ authorization: "Bearer opaque" }));
    expect(response.context).toMatchObject({ userId: "bob", reason: "policy-permits" });
  });

  test("refuses an opaque token when there is no secret to ask with", async () => {
    running = await authorizer({}, 5000, {
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: "9",
    });
    const response = await running.ask(httpEvent({ authorization: "Bearer opaque" }));
    expect(response).toMatchObject({
      isAuthorized: false,
      context: { reason: "identity-provider-unavailable" },
    });
  });

  test.each<[string, Parameters<typeof authorizer>[0], string]>([
    ["the risk table is down", { table: "down" }, "risk-unavailable"],
    ["the risk table never answers", { table: "silent" }, "risk-unavailable"],
    ["the issuer is down", { issuer: "down" }, "identity-provider-unavailable"],
    ["the issuer never answers", { issuer: "silent" }, "identity-provider-unavailable"],
    ["everything is down", { issuer: "down", table: "down", bus: "down" }, "identity-provider-unavailable"],
  ])("denies, and says why, when %s", async (_, modes, reason) => {
    running = await authorizer(modes);
    const response = await running.ask(httpEvent({ authorization: `Bearer ${running.token}` }));
    expect(response).toMatchObject({ isAuthorized: false, context: { decision: "deny", reason } });
  });

  test.each<[string, Mode]>([
    ["is down", "down"],
    ["never answers", "silent"],
  ])("decides all the same when the bus %s, and keeps the event in the log", async (_, bus) => {
    running = await authorizer({ bus });
    const response = await running.ask(restEvent({ authorization: `Bearer ${running.token}` }));
    expect(response.context.decision).toBe("allow");
    await running.until(() => running.log.some((line) => line.includes('"undelivered"')));
    const line = JSON.parse(running.log.find((one) => one.includes('"undelivered"')) ?? "{}");
    expect(line.undelivered.metadata.uid).toBe(response.context.decisionId);
    expect(running.log.some((one) => one.includes('"UndeliveredEvents"'))).toBe(true);
  });

  test("denies before the function's time is up", async () => {
    running = await authorizer({ issuer: "silent" }, 900);
    const response = await running.ask(httpEvent({ authorization: `Bearer ${running.token}` }));
    expect(response).toMatchObject({ isAuthorized: false, context: { reason: "deadline-exceeded" } });
  });

  test("still knows the user when time runs out after verification", async () => {
    running = await authorizer({ table: "silent" }, 1000);
    const response = await running.ask(httpEvent({ authorization: `Bearer ${running.token}` }));
    expect(response).toMatchObject({
      isAuthorized: false,
      context: { userId: "alice", reason: "risk-unavailable" },
    });
  });

  test("answers whatever it is asked, and never writes the token anywhere", async () => {
    running = await authorizer({});
    for (const event of [[], {}, { type: "REQUEST" }, restEvent(), { ...restEvent(), methodArn: 7 }]) {
      expect((await running.ask(event)).context.decision).toBe("deny");
    }
    await running.ask(restEvent({ authorization: `Bearer ${running.token}x` }));
    await running.ask(restEvent({ authorization: `Bearer ${running.token}` }));
    // On a machine that is too busy for the bus's budget an event goes into the log.
    const undelivered = () => running.log.filter((line) => line.includes('"undelivered"'));
    await running.until(() => running.events.length + undelivered().length >= 7);
    const written = [...running.log, ...running.events].join("\n");
    for (const part of running.token.split(".").slice(1)) expect(written).not.toContain(part);
  });
});
