import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import { exportJWK, SignJWT } from "jose";
import { BUNDLE_FILE, ENV } from "../contract/environment.ts";
import type { AuthorizerSettings } from "../contract/settings.ts";
import { startRiskTable } from "../local/dynamodb/tables.ts";
import { createLocalCertificates } from "../local/issuer/certificates.ts";
import { closeServer, listenOnFreePort } from "../local/listen.ts";

const AUDIENCE = "https://api.example";
const TABLE_NAME = "risk";

/** All that the authorizer's bundle needs around it, on loopback. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Writes the settings into the function's folder, and starts an issuer's key endpoint over TLS, a
 * DynamoDB-compatible table, and an Extensions API that never invokes.
 */
export async function startSurroundings(folder: string): Promise<Surroundings> {
  const certificates = await createLocalCertificates(folder);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256" }] });
  const issuer = https.createServer(certificates, (_request, response) => response.end(keys));
  const table = await startRiskTable(TABLE_NAME);
  const extensions = http.createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith("/register"))
      response.setHeader("Lambda-Extension-Identifier", "bench").end("{}");
  });
  const [issuerPort, extensionsPort] = await Promise.all([issuer, extensions].map(listenOnFreePort));
  const url = `https://localhost:${issuerPort}`;
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({
    sub: "alice",
    device_trust_level: "medium",
    amr: ["mfa"],
    sid: "s1",
    device_id: "d1",
  })
    .setProtectedHeader({ alg: "RS256", kid: "key-1", typ: "at+jwt" })
    .setIssuer(url)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .sign(privateKey);
  const settings: AuthorizerSettings = {
    issuers: [{ preset: "oidc", issuer: url, jwksUri: `${url}/keys`, audience: [AUDIENCE] }],
    timeZone: "UTC",
    countries: [],
    geo: "none",
    deviceClaimCap: "medium",
    acrValues: { mfa: ["mfa"] },
  };
  writeFileSync(join(folder, BUNDLE_FILE.settings), JSON.stringify(settings));
  return {
    environment: {
      PATH: process.env.PATH ?? "",
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${extensionsPort}`,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      NODE_NO_WARNINGS: "1",
      [ENV.tableName]: TABLE_NAME,
      [ENV.eventBusName]: "bus",
      BENCH_EVENT: JSON.stringify(eventWith(token)),
    },
    close: async () => {
      await Promise.all([table.close(), closeServer(issuer), closeServer(extensions)]);
    },
  };
}

/** A REST event for a read that the default policies allow. */
export function eventWith(token: string) {
  return {
    type: "REQUEST",
    methodArn: "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/GET/api/orders",
    resource: "/api/orders",
    path: "/api/orders",
    httpMethod: "GET",
    multiValueHeaders: {
      Accept: ["*/*"],
      Authorization: [`Bearer ${token}`],
      Host: ["a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"],
    },
    requestContext: {
      requestId: "141d6671-99b4-40ca-9997-7a22f01eac74",
      identity: { sourceIp: "203.0.113.7", userAgent: "bench/1.0" },
    },
  };
}
