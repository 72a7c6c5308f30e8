import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideCommand } from "../../cli/decide.ts";
import { readQuestion } from "../../domain/event/read-question.ts";
import { runCommandLine } from "../support/cli/run-command-line.ts";
import { proofMaker } from "../support/verification/proof-maker.ts";

const ISSUER = "https://login.example.com";
const AUDIENCE = "https://api.example.com";
const NOW = Date.parse("2026-11-23T12:00:00Z");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function issue(claims: object, key: KeyObject = privateKey): string {
  const seconds = NOW / 1000;
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "anna",
    iat: seconds - 60,
    exp: seconds + 300,
    ...claims,
  };
  const input = `${encode({ alg: "RS256", kid: "k1", typ: "at+jwt" })}.${encode(payload)}`;
  return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
}

const restEvent = (token: string | undefined, path = "/api/orders", method = "GET") => ({
  type: "REQUEST",
  methodArn: `arn:aws:execute-api:eu-central-1:111122223333:abcdef1234/live/${method}${path}`,
  resource: path,
  path,
  httpMethod: method,
  headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  multiValueHeaders: token === undefined ? {} : { Authorization: [`Bearer ${token}`] },
  queryStringParameters: {},
  multiValueQueryStringParameters: {},
  pathParameters: {},
  stageVariables: {},
  requestContext: {
    path: `/live${path}`,
    stage: "live",
    requestId: "r-1",
    identity: { sourceIp: "192.0.2.7", userAgent: "test" },
  },
});

/** What makes a proof one of that event, now. */
const AT = {
  htu: "https://abcdef1234.execute-api.eu-central-1.amazonaws.com/live/api/orders",
  iat: NOW / 1000,
};

let folder: string;
const file = (name: string): string => join(folder, name);
const write = (name: string, value: unknown): Promise<void> => writeFile(file(name), JSON.stringify(value));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-decide-"));
  await write("keys.json", {
    keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }],
  });
  await write("sallyport.json", {
    issuers: [{ preset: "oidc", issuer: ISSUER, audience: [AUDIENCE], jwksUri: `${ISSUER}/keys` }],
  });
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...argv: string[]) => runCommandLine(decideCommand, ["decide", ...argv]);

const usual = (...more: string[]): string[] => [
  file("event.json"),
  ...["--jwks", file("keys.json"), "--config", file("sallyport.json"), "--at", new Date(NOW).toISOString()],
  ...more,
];

async function decideJson(event: unknown, ...more: string[]) {
  await write("event.json", event);
  const { code, stdout, stderr } = await run(...usual("--json", ...more));
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

// Each run compiles the policies anew, a third of a second of it.
jest.setTimeout(60_000);

describe("sallyport decide", () => {
  it("judges as the authorizer does, with the policies, what Cedar was asked, the answer and the event", async () => {
    const token = issue({ roles: ["sales"], amr: ["pwd"], sid: "s-1" });
    const report = await decideJson(restEvent(token, "/api/billing"));
    expect(report.decision).toMatchObject({ outcome: "step-up", reasons: ["mfa-required"] });
    expect(report.decision.policies).toEqual(["sensitive-routes-need-mfa"]);
    expect(report.question.context).toMatchObject({ authentication: { mfa: false }, time: { hour: 12 } });
    expect(report.response.policyDocument.Statement[0].Effect).toBe("Deny");
    expect(report.event).toMatchObject({ class_uid: 6003, unmapped: { sallyport: { decision: "step-up" } } });
    expect(report.decision).not.toHaveProperty("asked");
    expect(report.digests).toEqual({
      policies: report.event.unmapped.sallyport.policy_digest,
      configuration: report.event.unmapped.sallyport.configuration_digest,
    });
    // The event holds the question too.
    expect(readQuestion(report.event)?.question).toEqual(report.question);
  });

  it("says the same in words", async () => {
    await write("event.json", restEvent(issue({ amr: ["mfa"] })));
    const { code, stdout } = await run(...usual());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^decision +allow$/m);
    expect(stdout).toMatch(/^reason +policy-permits: A policy permits/m);
    expect(stdout).toMatch(/^policy digest +sha256:[0-9a-f]{64}$/m);
    expect(stdout).toContain("question to Cedar");
  });

  it("never prints the token, whatever becomes of it", async () => {
    const good = issue({ amr: ["mfa"] });
    const bad = issue({}, generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
    for (const token of [good, bad, `${good}x`, good.slice(0, 80), `${good}.${good}`]) {
      await write("event.json", restEvent(token));
      for (const flag of [[], ["--json"]]) {
        const { stdout, stderr } = await run(...usual(...flag));
        for (const part of token.split(".").filter((piece) => piece.length > 20)) {
          expect(stdout + stderr).not.toContain(part);
        }
      }
    }
  });

  it("verifies a bound token with its proof, for which no table is asked", async () => {
    const client = await proofMaker();
    const token = issue({ amr: ["mfa"], cnf: { jkt: client.jkt } });
    const event = restEvent(token);
    const decideWith = async (claims: object, config = "sallyport.json") => {
      const proof = await client.sign({ ...AT, ...claims }, {}, token);
      const headers = { Authorization: [`DPoP ${token}`], DPoP: [proof] };
      await write("event.json", { ...event, headers: {}, multiValueHeaders: headers });
      const asked = usual("--json").map((word) => word.replace("sallyport.json", config));
      return JSON.parse((await run(...asked)).stdout);
    };
    const reasons = async (...asked: Parameters<typeof decideWith>) =>
      (await decideWith(...asked)).decision.reasons;
    const answered = await decideWith({});
    expect(answered.decision).toMatchObject({ outcome: "allow", reasons: ["policy-permits"] });
    expect(answered.identity.proofs).toEqual([{ method: "dpop", thumbprint: client.jkt }]);
    expect(await reasons({ htu: "https://api.example.com/api/orders" })).toEqual(["proof-invalid"]);
    expect((await decideJson(event)).decision.reasons).toEqual(["proof-missing"]);
    const config = JSON.parse(await readFile(file("sallyport.json"), "utf8"));
    await write("nonces.json", { ...config, dpop: { nonce: true } });
    expect(await reasons({}, "nonces.json")).toEqual(["proof-nonce-required"]);
    expect(await reasons({ nonce: "given" }, "nonces.json")).toEqual(["policy-permits"]);
  });

  it("verifies as of the given moment", async () => {
    const token = issue({ amr: ["mfa"] });
    const later = await decideJson(restEvent(token), "--country", "DE");
    expect(later.decision.outcome).toBe("allow");
    expect(later.question.context.network.country).toBe("DE");
    await write("event.json", restEvent(token));
    const { stdout } = await run(
      ...usual("--json").map((word) => (word.startsWith("2026-") ? "2026-11-23T13:00:00Z" : word)),
    );
    expect(JSON.parse(stdout).decision).toMatchObject({ outcome: "deny", reasons: ["token-expired"] });
    expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
  });

  it("reads risk items, plain or as DynamoDB writes them, as the authorizer does", async () => {
    const event = restEvent(issue({ amr: ["mfa"] }));
    const factors = {
      impossibleTravel: 30,
      unusualTime: 15,
      failedAttempts: 25,
      sensitiveDataAccess: 20,
      anomalousBehavior: 0,
    };
    const plain = {
      pk: `USER#${ISSUER}|anna`,
      sk: "RISK",
      v: 1,
      score: 90,
      factors,
      updatedAt: NOW / 1000,
      expiresAt: NOW / 1000 + 60,
    };
    await write("items.json", [plain]);
    expect((await decideJson(event, "--risk", file("items.json"))).decision.reasons).toEqual([
      "risk-elevated",
    ]);
    await write("items.json", {
      Items: [
        {
          pk: { S: plain.pk },
          sk: { S: "RISK" },
          v: { N: "1" },
          score: { N: "95" },
          updatedAt: { N: "1" },
          factors: { M: Object.fromEntries(Object.keys(factors).map((name) => [name, { N: "19" }])) },
        },
      ],
    });
    expect((await decideJson(event, "--risk", file("items.json"))).decision.reasons).toContain(
      "risk-too-high",
    );
    await write("items.json", [{ ...plain, v: 2 }]);
    expect((await decideJson(event, "--risk", file("items.json"))).decision.reasons).toContain(
      "risk-unavailable",
    );
  });

  it("reads what the registry holds of a device, plain too", async () => {
    const item = {
      pk: "DEVICE#d1",
      sk: "ACCESS",
      v: 1,
      ownerIssuer: ISSUER,
      ownerSubject: "anna",
      keys: [`dpop:${"k".repeat(43)}`],
      enrolledAt: 1,
      posture: { source: "jamf", compliant: false, assessedAt: NOW / 1000, details: ["firewall-off"] },
    };
    await write("devices.json", [item]);
    const event = restEvent(issue({ device_id: "d1", device_trust_level: "high" }));
    const { question } = await decideJson(event, "--risk", file("devices.json"));
    expect(question.context.device).toMatchObject({ trust: "low", registered: true, posture: "unhealthy" });
  });

  it("denies an event that is none, instead of failing", async () => {
    for (const event of [null, 7, [], {}, { type: "REQUEST" }, restEvent(undefined)]) {
      expect((await decideJson(event)).decision.outcome).toBe("deny");
    }
  });

  it("explains what is wrong with its files and flags", async () => {
    await write("event.json", restEvent(undefined));
    await writeFile(file("broken.json"), '{"headers": {"Authorization": "Bearer secret-secret');
    await write("two.json", {
      issuers: [ISSUER, "https://other.example.com"].map((issuer) => ({
        preset: "oidc",
        issuer,
        audience: ["a"],
        jwksUri: `${issuer}/keys`,
      })),
    });
    await write("wrong.json", { issuers: [] });
    const cases: readonly (readonly [string[], number, RegExp])[] = [
      [["--json"], 2, /one file/],
      [[file("event.json")], 2, /--jwks/],
      [usual("--nope"), 2, /--nope/],
      [usual("--country", "Germany"), 2, /alpha-2 code in capitals/],
      [usual("--at", "noon"), 2, /more than once/],
      [usual("--risk", file("missing.json")), 1, /file not found/],
      [usual("--risk", file("keys.json")), 1, /does not contain a list of items/],
      [usual("--policies", file("missing")), 1, /folder of policies/],
      [[file("broken.json"), ...usual().slice(1)], 1, /is not JSON/],
      [[folder, ...usual().slice(1)], 1, /it is a directory/],
      [usual().map((word) => word.replace("sallyport.json", "wrong.json")), 1, /issuers/],
      [usual().map((word) => word.replace("sallyport.json", "two.json")), 2, /<issuer>=<file>/],
    ];
    for (const [argv, code, says] of cases) {
      const result = await run(...argv);
      expect([argv, result.code, result.stdout]).toEqual([argv, code, ""]);
      expect(result.stderr).toMatch(says);
      expect(result.stderr).not.toMatch(/ {4}at |secret-secret/);
    }
  });
});
