import { type GatewayApi, SOURCE_IP_HEADER } from "../api-gateway/data/gateway.ts";
import type { Laptop } from "../laptop.ts";
import type { Keyring } from "./keyring.ts";
import { PERSONAS, type Persona, type PersonaId } from "./persona.ts";
import type { OutgoingRequest } from "./send.ts";
import type { ApiKind } from "./step.ts";
import type { SentRequest } from "./world.ts";

/**
 * Makes the function that adds a persona's token, and the proof of possession for it, to a request.
 * Requests with bound tokens use the TLS listener.
 */
export function createPresenter(
  { gateway, ca }: Pick<Laptop, "gateway" | "ca">,
  keyring: Keyring,
): (request: SentRequest, token: string | undefined) => Promise<OutgoingRequest> {
  const lastProofs = new Map<PersonaId, string>();
  return async (request, token) => {
    const { persona, method, path, from, possession } = request;
    const { binding }: Persona = PERSONAS[persona];
    const api = apiOf(gateway.apis, request.api);
    const headers = { "user-agent": from.userAgent, [SOURCE_IP_HEADER]: from.address };
    if (token === undefined) return { url: `${api.url}${path}`, method, headers };
    const bearer = { ...headers, authorization: `Bearer ${token}` };
    if (binding === undefined) return { url: `${api.url}${path}`, method, headers: bearer };
    const url = `${api.tlsUrl}${path}`;
    const whose = possession === "another" ? "another" : "own";
    if (possession === "none") return { url, method, headers: bearer, tls: { ca } };
    if (binding === "mtls") {
      return { url, method, headers: bearer, tls: { ca, client: await keyring.certificate(persona, whose) } };
    }
    const proof =
      (possession === "repeated" ? lastProofs.get(persona) : undefined) ??
      (await keyring.prove(persona, { method, url, token }, whose));
    lastProofs.set(persona, proof);
    return { url, method, headers: { ...headers, authorization: `DPoP ${token}`, dpop: proof }, tls: { ca } };
  };
}

function apiOf(apis: readonly GatewayApi[], kind: ApiKind): GatewayApi {
  const api = apis.find((candidate) => candidate.kind === kind);
  if (api === undefined) throw new Error(`The template has no ${kind.toUpperCase()} API`);
  return api;
}
