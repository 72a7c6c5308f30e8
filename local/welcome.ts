import type { Laptop } from "./laptop.ts";
import type { PersonaClaims } from "./persona.ts";

const EIGHT_HOURS = 8 * 3600;

/** Tells where everything listens and how to try it, with a token of a person of its own. */
export async function printWelcome(laptop: Laptop, pageUrl: string): Promise<string> {
  const { gateway, issuer, stack, timeZone, caFile } = laptop;
  const token = await issuer.issueToken(visitor());
  const places: readonly (readonly [string, string])[] = [
    ["Page", pageUrl],
    ...gateway.apis.map(({ kind, url }) => [`${kind.toUpperCase()} API`, `${url}/api/orders`] as const),
    ...gateway.apis.flatMap(({ kind, tlsUrl }) =>
      tlsUrl === undefined ? [] : [[`${kind.toUpperCase()} API, TLS`, `${tlsUrl}/api/orders`] as const],
    ),
    ["OpenID provider", `${issuer.url} (its authority: ${caFile})`],
    ...stack.endpoints.map(({ name, url }) => [name, url] as const),
    ["Local time", `${timeZone}, chosen so that it is around noon and every route is open for hours`],
  ];
  const width = Math.max(...places.map(([name]) => name.length));
  const url = gateway.apis.find(({ kind }) => kind === "rest")?.url ?? gateway.apis[0]?.url ?? "";
  return [
    "",
    ...places.map(([name, where]) => `  ${name.padEnd(width)}  ${where}`),
    "",
    "A token to try, good for eight hours; it has several factors and the role sales:",
    "",
    `TOKEN=${token}`,
    `curl -i -H "Authorization: Bearer $TOKEN" ${url}/api/orders`,
    `curl -i -H "Authorization: Bearer $TOKEN" -H "x-dev-source-ip: 202.166.0.90" ${url}/api/export`,
    "",
    "The header x-dev-source-ip exists on the laptop only: it makes a request come from another address.",
    "",
    "",
  ].join("\n");
}

function visitor(): PersonaClaims {
  return {
    sub: "visitor",
    roles: ["sales"],
    sid: "session-visitor",
    device_id: "laptop-visitor",
    device_trust_level: "medium",
    amr: ["pwd", "mfa"],
    auth_time: Math.floor(Date.now() / 1000),
    ttl: EIGHT_HOURS,
  };
}
