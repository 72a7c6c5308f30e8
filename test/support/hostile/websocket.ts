import { restEvent } from "../gateway/gateway-events.ts";
import { type Attack, allMust, type HostileCase } from "./hostile-case.ts";
import { by, GOOD, token } from "./world.ts";

const FORGED = token({ claims: { sub: "root" }, sign: by("attacker") });
const ARN = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/$connect";

/** A request for a connection, with these headers. */
function connect(headers: Readonly<Record<string, readonly string[]>>, changes: object = {}): Attack {
  const { requestContext } = restEvent();
  return {
    event: {
      type: "REQUEST",
      methodArn: ARN,
      headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.at(-1)])),
      multiValueHeaders: headers,
      requestContext: { ...requestContext, routeKey: "$connect", eventType: "CONNECT", connectionId: "c-1" },
      ...changes,
    },
  };
}
const protocols = (...values: readonly string[]) => connect({ "Sec-WebSocket-Protocol": values });

/** RFC 6455 §4.1: a handshake has more places for a token, and they count together. */
export const webSockets: readonly HostileCase[] = [
  ...allMust("verified", {
    "a handshake with a token among its protocols": () => protocols(`chat, sallyport.bearer, ${GOOD}`),
    "a handshake with an Authorization header": () => connect({ Authorization: [`Bearer ${GOOD}`] }),
  }),
  ...allMust("credentials-ambiguous", {
    "a token in the header and another among the protocols": () =>
      connect({
        Authorization: [`Bearer ${GOOD}`],
        "Sec-WebSocket-Protocol": [`sallyport.bearer, ${FORGED}`],
      }),
    "two tokens among the protocols": () =>
      protocols(`sallyport.bearer, ${GOOD}, sallyport.bearer, ${FORGED}`),
    "two protocol headers with a token each": () =>
      protocols(`sallyport.bearer, ${GOOD}`, `sallyport.bearer, ${FORGED}`),
  }),
  ...allMust("token-missing", {
    "a token among the protocols without its mark": () => protocols(`chat, ${GOOD}`),
    "a mark in capital letters": () => protocols(`Sallyport.Bearer, ${GOOD}`),
    "a token in the query string, which is not configured": () =>
      connect({}, { queryStringParameters: { access_token: GOOD, token: GOOD } }),
    "a token among the protocols of a REST request": () => ({
      event: restEvent({ headers: { "Sec-WebSocket-Protocol": `sallyport.bearer, ${GOOD}` } }),
    }),
  }),
  ...allMust("token-malformed", {
    "a mark that no token follows": () => protocols("chat, sallyport.bearer"),
    "a mark before a protocol that is no token": () => protocols("sallyport.bearer, chat"),
  }),
  ...allMust("token-signature-invalid", {
    "a forged token among the protocols": () => protocols(`sallyport.bearer, ${FORGED}`),
  }),
];
