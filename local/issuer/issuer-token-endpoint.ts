import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { BodyTooLargeError, readBody } from "../listen.ts";
import { type PersonaClaims, personaClaims } from "./persona.ts";

/**
 * The endpoint that issues tokens to curl. It requires no credentials, so it exists on the laptop
 * only.
 */
export const TOKEN_PATH = "/dev/token";

const MOST_BYTES = 64 * 1024;

/**
 * Answers `POST /dev/token`: takes a JSON body of PersonaClaims, returns `{access_token,
 * token_type, expires_in}`. Requires `application/json`, so that a web page in a browser cannot
 * call it without a preflight, which is not answered.
 */
export async function answerTokenRequest(
  request: IncomingMessage,
  response: ServerResponse,
  issueToken: (claims: PersonaClaims) => Promise<string>,
): Promise<void> {
  if (request.method !== "POST") return answer(response, 405, { error: "use POST" }, { Allow: "POST" });
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers["content-type"] ?? ""))
    return answer(response, 415, { error: "send Content-Type: application/json" });
  const claims = await readClaims(request);
  if ("problem" in claims) return answer(response, claims.status, { error: claims.problem });
  const token = await issueToken(claims);
  return answer(response, 200, { access_token: token, token_type: "Bearer", expires_in: claims.ttl ?? 3600 });
}

async function readClaims(
  request: IncomingMessage,
): Promise<PersonaClaims | { readonly status: 400 | 413; readonly problem: string }> {
  let body: unknown;
  try {
    body = JSON.parse(await readBody(request, MOST_BYTES));
  } catch (error) {
    if (error instanceof BodyTooLargeError) return { status: 413, problem: `at most ${MOST_BYTES} bytes` };
    return { status: 400, problem: "the body is not JSON" };
  }
  const read = personaClaims.safeParse(body);
  return read.success ? read.data : { status: 400, problem: z.prettifyError(read.error) };
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(JSON.stringify(body));
}
