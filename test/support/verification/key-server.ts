import { mkdtempSync, rmSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalCertificates } from "../../../local/issuer/certificates.ts";

/**
 * What the server does with a request for a path: answers with JSON or text, with a status, in
 * pieces, or not at all.
 */
type Answer = object | string | number | "silent" | ((response: import("node:http").ServerResponse) => void);

/** An issuer's server over TLS, signed by an authority that is known only by its PEM. */
export async function startKeyServer() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-keys-"));
  const { ca, key, cert } = await createLocalCertificates(folder);
  rmSync(folder, { recursive: true });
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const server = https.createServer({ key, cert }, ({ url = "" }, response) => {
    asked.push(url);
    const answer = answers.get(url) ?? 404;
    if (answer === "silent") return;
    if (typeof answer === "function") return answer(response);
    if (typeof answer === "number") response.writeHead(answer).end();
    else response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    ca,
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    answers,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
