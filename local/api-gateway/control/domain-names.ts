import { notFound } from "./control-failure.ts";
import { label, type Operation } from "./operation.ts";
import { type PageLimit, pageOf } from "./paging.ts";

/**
 * A custom domain name, with the fields that `attach` reads. The laptop does not serve traffic for
 * it.
 */
export interface DomainName {
  readonly name: string;
  /** Clients must present certificates */
  readonly mutualTls: boolean;
  readonly mappings: readonly {
    readonly apiId: string;
    readonly stage: string;
    /** Without slashes at its ends; empty for the root */
    readonly path: string;
    readonly kind: "rest" | "http";
  }[];
}

const TRUSTSTORE = { truststoreUri: "s3://truststore/authorities.pem" };
const ROOT = "(none)";

/**
 * The read calls of both API versions for custom domain names; version 1 returns only the mappings
 * of REST APIs.
 */
export function domainNameReads(
  domains: ReadonlyMap<string, DomainName>,
  limit: PageLimit,
): readonly Operation[] {
  const one = (name: string): DomainName => {
    const domain = domains.get(name);
    if (domain === undefined) throw notFound("Invalid domain name identifier specified");
    return domain;
  };
  const read = (service: "apigateway" | "apigatewayv2", name: string, path: string, run: Operation["run"]) =>
    ({ service, name, method: "GET", path, status: 200, run }) as const;
  return [
    read("apigateway", "GetDomainNames", "/domainnames", (request) => {
      const list = [...domains.values()].map((domain) => [domain.name, firstShape(domain)] as const);
      const { items, next } = pageOf(list, request, ["position", "limit"], limit);
      return { item: items, ...(next !== undefined && { position: next }) };
    }),
    read("apigateway", "GetBasePathMappings", "/domainnames/{domainName}/basepathmappings", (request) => {
      const list = one(label(request, "domainName"))
        .mappings.filter(({ kind }) => kind === "rest")
        .map(({ apiId, stage, path }) => {
          const basePath = path === "" ? ROOT : path;
          return [basePath, { basePath, restApiId: apiId, stage }] as const;
        });
      const { items, next } = pageOf(list, request, ["position", "limit"], limit);
      return { item: items, ...(next !== undefined && { position: next }) };
    }),
    read("apigatewayv2", "GetDomainNames", "/v2/domainnames", (request) => {
      const list = [...domains.values()].map((domain) => [domain.name, secondShape(domain)] as const);
      const { items, next } = pageOf(list, request, ["nextToken", "maxResults"], limit);
      return { items, ...(next !== undefined && { nextToken: next }) };
    }),
    read("apigatewayv2", "GetApiMappings", "/v2/domainnames/{DomainName}/apimappings", (request) => {
      const list = one(label(request, "DomainName")).mappings.map(({ apiId, stage, path }, index) => {
        const apiMappingId = `map${String(index).padStart(3, "0")}`;
        return [apiMappingId, { apiId, apiMappingId, apiMappingKey: path, stage }] as const;
      });
      const { items, next } = pageOf(list, request, ["nextToken", "maxResults"], limit);
      return { items, ...(next !== undefined && { nextToken: next }) };
    }),
  ];
}

const firstShape = ({ name, mutualTls }: DomainName): object => ({
  domainName: name,
  regionalDomainName: `d-${name.length}.execute-api.amazonaws.com`,
  endpointConfiguration: { types: ["REGIONAL"], ipAddressType: "ipv4" },
  domainNameStatus: "AVAILABLE",
  securityPolicy: "TLS_1_2",
  ...(mutualTls && { mutualTlsAuthentication: TRUSTSTORE }),
});

const secondShape = ({ name, mutualTls }: DomainName): object => ({
  domainName: name,
  apiMappingSelectionExpression: "$request.basepath",
  domainNameConfigurations: [
    {
      domainNameStatus: "AVAILABLE",
      endpointType: "REGIONAL",
      ipAddressType: "ipv4",
      securityPolicy: "TLS_1_2",
    },
  ],
  ...(mutualTls && { mutualTlsAuthentication: TRUSTSTORE }),
});
