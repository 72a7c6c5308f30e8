import type { PersonaClaims } from "./issuer/persona.ts";
import type { Laptop } from "./laptop.ts";

const EIGHT_HOURS = 8 * 3600;

/**
 * Says where everything listens and how to try it, with a token for a person who is not in the
 * scenario.
 */
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
    ...[...namesByUrl(stack.endpoints)].map(([url, names]) => [names.join(", "), url] as const),
    ["Local time", `${timeZone}, chosen so that it is about noon and every route is within its hours`],
  ];
  const width = Math.max(...places.map(([name]) => name.length));
  const url = gateway.apis.find(({ kind }) => kind === "rest")?.url ?? gateway.apis[0]?.url ?? "";
  return [
    "",
    ...places.map(([name, where]) => `  ${name.padEnd(width)}  ${where}`),
    "",
    "A token to try, valid for eight hours, with several factors and the role sales:",
    "",
    `TOKEN=${token}`,
    `curl -i -H "Authorization: Bearer $TOKEN" ${url}/api/orders`,
    `curl -i -H "Authorization: Bearer $TOKEN" -H "x-dev-source-ip: 202.166.0.90" ${url}/api/export`,
    "",
    "Environment for sallyport attach and any other program with an AWS SDK:",
    "",
    exportLine([
      ["AWS_REGION", stack.template.region],
      ["AWS_ACCESS_KEY_ID", "local"],
      ["AWS_SECRET_ACCESS_KEY", "local"],
    ]),
    exportLine(stack.endpoints.map(({ variable, url }) => [variable, url])),
    exportLine(whatAttachNames(stack.template)),
    "",
    "The header x-dev-source-ip sets a request's source address. It works on the laptop only.",
    "",
    "",
  ].join("\n");
}

/** The table and the authorizer function, which attach needs. */
function whatAttachNames(template: Laptop["stack"]["template"]): readonly (readonly [string, string])[] {
  const [table] = template.ofType("AWS::DynamoDB::GlobalTable");
  const authorizer = template
    .ofType("AWS::Lambda::Function")
    .find(({ logicalId }) => logicalId.startsWith("CoreAuthorizer"));
  return [
    ...(table === undefined ? [] : [["TABLE", template.physicalId(table)] as const]),
    ...(authorizer === undefined ? [] : [["FUNCTION_ARN", template.arn(authorizer)] as const]),
  ];
}

/** Services that share an address share a line. */
function namesByUrl(endpoints: Laptop["stack"]["endpoints"]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const { name, url } of endpoints) names.set(url, [...(names.get(url) ?? []), name]);
  return names;
}

const exportLine = (variables: readonly (readonly [name: string, value: string])[]): string =>
  `export ${variables.map(([name, value]) => `${name}=${value}`).join(" ")}`;

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
