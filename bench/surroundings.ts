import { generateKeyPairSync } from "node:crypto";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { exportJWK, SignJWT } from "jose";
import { ENV } from "../contract/environment.ts";
import type { AuthorizerSettings } from "../contract/settings.ts";
import { createLocalCertificates } from "../local/certificates.ts";

const AUDIENCE = "https://api.example";

/** All that the authorizer's bundle needs around it, on loopback. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts an issuer's key endpoint over TLS, a DynamoDB-compatible table, and an Extensions API that never invokes. */
export async function startSurroundings(folder: string): Promise<Surroundings> {
  const certificates = await createLocalCertificates(folder);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256" }] });
  const issuer = https.createServer(certificates, (_request, response) => response.end(keys));
  const table = dynalite({ createTableMs: 0 }) as unknown as Server;
  const extensions = http.createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith("/register"))
      response.setHeader("Lambda-Extension-Identifier", "bench").end("{}");
  });
  const [issuerPort, tablePort, extensionsPort] = await Promise.all([issuer, table, extensions].map(listen));
  const url = `https://localhost:${issuerPort}`;
  const endpoint = `http://127.0.0.1:${tablePort}`;
  await createTable(endpoint);
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
    issuers: [{ preset: "oidc", issuer: url, audience: [AUDIENCE] }],
    timeZone: "UTC",
    countries: [],
    geo: "none",
    deviceClaimCap: "medium",
    acrValues: { mfa: ["mfa"] },
  };
  return {
    environment: {
      PATH: process.env.PATH ?? "",
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${extensionsPort}`,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      NODE_NO_WARNINGS: "1",
      [ENV.tableName]: "risk",
      [ENV.eventBusName]: "bus",
      [ENV.settings]: JSON.stringify(settings),
      BENCH_EVENT: JSON.stringify(eventWith(token)),
    },
    close: async () => {
      for (const server of [issuer, extensions]) server.closeAllConnections();
      await Promise.all(
        [issuer, table, extensions].map((server) => new Promise((resolve) => server.close(resolve))),
      );
    },
  };
}

async function createTable(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint, region: "eu-central-1", credentials });
  await client.send(
    new CreateTableCommand({
      TableName: "risk",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  client.destroy();
}

function listen(server: Server | http.Server | https.Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
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
