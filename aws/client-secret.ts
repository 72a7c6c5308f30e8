import { get } from "node:http";

const TIMEOUT_MS = 1000;
const LARGEST_ANSWER = 128 * 1024;

export interface SecretsExtension {
  /** `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`; 2773 if it is not set */
  readonly port?: string | undefined;
  /** `AWS_SESSION_TOKEN`, which authenticates this function to the extension */
  readonly sessionToken?: string | undefined;
}

/**
 * Reads a secret's text from AWS Secrets Manager through the AWS Parameters and Secrets Lambda
 * Extension, which caches it for five minutes and follows its rotation. The extension answers
 * during invocations only, not during init. Errors do not contain the response.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
 */
export function readSecret(
  secretArn: string,
  { port = "2773", sessionToken = "" }: SecretsExtension,
): Promise<string> {
  const address = `http://localhost:${port}/secretsmanager/get?secretId=${encodeURIComponent(secretArn)}`;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      sent.destroy();
      reject(new Error(`the secret could not be read: ${why}`));
    };
    const headers = { "X-Aws-Parameters-Secrets-Token": sessionToken };
    const sent = get(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      if (response.statusCode !== 200) return fail(`the extension answered ${response.statusCode}`);
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > LARGEST_ANSWER) fail("the answer is too large");
      });
      response.on("error", () => fail("the answer broke off"));
      response.on("end", () => {
        const secret = secretIn(Buffer.concat(chunks));
        if (secret === undefined) fail("the answer has no SecretString");
        else resolve(secret);
      });
    });
    sent.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
  });
}

function secretIn(answer: Buffer): string | undefined {
  try {
    const { SecretString } = JSON.parse(answer.toString("utf8"));
    return typeof SecretString === "string" && SecretString !== "" ? SecretString : undefined;
  } catch {
    return undefined;
  }
}
