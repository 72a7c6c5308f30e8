import { createServer, type IncomingMessage } from "node:http";
import { closeServer, listenOnFreePort } from "../../../local/listen.ts";

/**
 * The two lists of API Gateway v2 that moto has no answer for, and that no API can be read without.
 */
export interface MotoComplement {
  readonly url: string;
  /** Names of the operations that were answered here because moto's own answer was none */
  readonly answered: () => readonly string[];
  readonly close: () => Promise<void>;
}

const LISTS = /^\/v2\/apis\/(\w+)\/(authorizers|deployments)$/;
const AUTHORIZER = /^\/v2\/apis\/(\w+)\/authorizers\/(\w+)$/;

/**
 * Stands before a server of moto's and hands every call on. Where moto fails on GetAuthorizers of
 * v2, the list is made of its answers to GetAuthorizer, for those that were created by way of here;
 * where it fails on GetDeployments of v2, the list is empty.
 */
export async function startMotoComplement(motoUrl: string): Promise<MotoComplement> {
  const answered = new Set<string>();
  const created = new Map<string, Set<string>>();
  const hand = async (request: IncomingMessage, path: string, body?: Buffer) => {
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      name === "host" || name === "connection" || name === "content-length" || typeof value !== "string"
        ? []
        : [[name, value] as const],
    );
    const answer = await fetch(`${motoUrl}${path}`, {
      method: body === undefined ? "GET" : (request.method ?? "GET"),
      headers: Object.fromEntries(headers),
      ...(body !== undefined && body.length > 0 && { body }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = request.url ?? "/";
    const path = target.split("?", 1)[0] ?? "";
    const got = await hand(request, target, Buffer.concat(chunks));
    const [, apiId = "", list] = LISTS.exec(path) ?? [];
    const ids = created.get(apiId) ?? new Set<string>();
    if (request.method === "POST" && list === "authorizers" && got.status < 300)
      created.set(apiId, ids.add((JSON.parse(got.text) as { authorizerId: string }).authorizerId));
    const [, owner = "", gone = ""] = AUTHORIZER.exec(path) ?? [];
    if (request.method === "DELETE" && got.status < 300) created.get(owner)?.delete(gone);
    if (request.method === "GET" && list !== undefined && got.status >= 400) {
      answered.add(list === "authorizers" ? "GetAuthorizers" : "GetDeployments");
      const items = [];
      for (const id of list === "authorizers" ? ids : [])
        items.push(JSON.parse((await hand(request, `${path}/${id}`)).text));
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ items }));
      return;
    }
    const kept = [...got.headers].filter(([name]) => /^(content-type|x-amzn-errortype)$/i.test(name));
    response.writeHead(got.status, Object.fromEntries(kept)).end(got.text);
  });
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`;
  return { url, answered: () => [...answered].sort(), close: () => closeServer(server) };
}
