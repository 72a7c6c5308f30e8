import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readSecret } from "../../aws/client-secret.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:gateway/client-AbCdEf";
let answer: { status?: number; body: string };
const asked: { url?: string | undefined; token: unknown }[] = [];
const server = createServer(({ url, headers }, response) => {
  asked.push({ url, token: headers["x-aws-parameters-secrets-token"] });
  response.writeHead(answer.status ?? 200).end(answer.body);
});
let port: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "localhost", resolve);
  });
  port = String((server.address() as AddressInfo).port);
});
afterAll(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

test("asks the extension as AWS documents it", async () => {
  answer = { body: JSON.stringify({ ARN, SecretString: "s3cret" }) };
  expect(await readSecret(ARN, { port, sessionToken: "session" })).toBe("s3cret");
  expect(asked).toEqual([
    { url: `/secretsmanager/get?secretId=${encodeURIComponent(ARN)}`, token: "session" },
  ]);
});

test.each([
  ["an error", { status: 400, body: "s3cret: not ready to serve traffic" }],
  ["a secret that is bytes", { body: JSON.stringify({ SecretBinary: "czNjcmV0" }) }],
  ["an empty secret", { body: JSON.stringify({ SecretString: "" }) }],
  ["no JSON", { body: "s3cret" }],
  ["null", { body: "null" }],
  ["too much", { body: JSON.stringify({ SecretString: "s3cret".repeat(50_000) }) }],
])("rejects %s, without a word of it", async (_, given) => {
  answer = given;
  const error = await readSecret(ARN, { port }).then(String, String);
  expect(error).toMatch(/^Error: the secret could not be read: /);
  expect(error).not.toContain("s3cret");
});

test("rejects when no extension is there", async () => {
  await expect(readSecret(ARN, { port: "9" })).rejects.toThrow("ECONNREFUSED");
});
