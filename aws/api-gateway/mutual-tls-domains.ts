import {
  type ApiGatewayV2Client,
  type DomainName,
  GetApiMappingsCommand,
  GetDomainNamesCommand,
  ListRoutingRulesCommand,
} from "@aws-sdk/client-apigatewayv2";
import type { UnreadPart } from "../../domain/attach/api-state.ts";
import { ControlError } from "./control-error.ts";
import type { Pace } from "./pace.ts";
import { pageThrough } from "./page-through.ts";

/**
 * Custom domains that map to an API and require client certificates, or why they could not be read.
 */
export type MutualTls =
  | { readonly domains: readonly string[] }
  | { readonly domains: readonly []; readonly unread: UnreadPart };

/**
 * Finds the domains by API Gateway v2, for REST APIs too: only v2 returns mappings with a
 * multi-level path. Without the permission to list domains the result is "not known"; any other
 * failure rejects. Domains without mutual TLS cost no extra call.
 */
export async function readMutualTls(
  client: Pick<ApiGatewayV2Client, "send">,
  pace: Pace,
  apiId: string,
): Promise<MutualTls> {
  try {
    const all = await pageThrough("GetDomainNames", async (NextToken) => {
      const page = await pace.call("GetDomainNames", () =>
        client.send(new GetDomainNamesCommand({ ...(NextToken !== undefined && { NextToken }) })),
      );
      return { items: page.Items, next: page.NextToken };
    });
    const domains: string[] = [];
    for (const domain of all) {
      if (domain.MutualTlsAuthentication?.TruststoreUri === undefined || domain.DomainName === undefined)
        continue;
      if (await leadsTo(client, pace, domain, domain.DomainName, apiId)) domains.push(domain.DomainName);
    }
    return { domains: domains.sort() };
  } catch (error) {
    if (!(error instanceof ControlError) || error.kind !== "access-denied") throw error;
    return { domains: [], unread: { part: "mutual-tls-domains", why: error.message } };
  }
}

async function leadsTo(
  client: Pick<ApiGatewayV2Client, "send">,
  pace: Pace,
  { RoutingMode }: DomainName,
  DomainName: string,
  apiId: string,
): Promise<boolean> {
  const mappings =
    RoutingMode === "ROUTING_RULE_ONLY"
      ? []
      : await pageThrough("GetApiMappings", async (NextToken) => {
          const page = await pace.call("GetApiMappings", () =>
            client.send(
              new GetApiMappingsCommand({ DomainName, ...(NextToken !== undefined && { NextToken }) }),
            ),
          );
          return { items: page.Items, next: page.NextToken };
        });
  if (mappings.some(({ ApiId }) => ApiId === apiId)) return true;
  if (RoutingMode === undefined || RoutingMode === "API_MAPPING_ONLY") return false;
  const rules = await pageThrough("ListRoutingRules", async (NextToken) => {
    const page = await pace.call("ListRoutingRules", () =>
      client.send(new ListRoutingRulesCommand({ DomainName, ...(NextToken !== undefined && { NextToken }) })),
    );
    return { items: page.RoutingRules, next: page.NextToken };
  });
  return rules.some(({ Actions }) => (Actions ?? []).some(({ InvokeApi }) => InvokeApi?.ApiId === apiId));
}
