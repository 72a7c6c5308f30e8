import type { Now } from "../../domain/time.ts";
import type { LocalTemplate } from "../template.ts";
import { type ApiListener, type GatewayTls, type GatewayTrace, listenForApi } from "./api-listener.ts";
import type { Surroundings } from "./api-surroundings.ts";
import { GatewayBootError, type GatewayResource, type InvokeFunction } from "./gateway-resource.ts";
import { serveHttpApi } from "./http-api.ts";
import { type HttpApi, readHttpApi } from "./http-definition.ts";
import { checkPermissions } from "./invoke-permissions.ts";
import { serveRestApi } from "./rest-api.ts";
import { type RestApi, readRestApi } from "./rest-definition.ts";

export type { GatewayTls, GatewayTrace } from "./api-listener.ts";
export { SOURCE_IP_HEADER } from "./incoming-request.ts";

export interface GatewayApi {
  readonly name: string;
  readonly kind: "rest" | "http";
  readonly apiId: string;
  /** Where the first stage answers: `http://127.0.0.1:<port>/<stage>`, without the stage for `$default` */
  readonly url: string;
  /** The same over TLS, where clients may present a certificate: `https://localhost:<port>/<stage>` */
  readonly tlsUrl?: string;
}

/** The laptop's API Gateway. */
export interface Gateway {
  readonly apis: readonly GatewayApi[];
  /** Is told of every answered request, in the order of the answers; returns how to stop listening. */
  readonly onRequest: (listener: (trace: GatewayTrace) => void) => () => void;
  readonly close: () => Promise<void>;
}

export interface GatewayOptions {
  readonly template: LocalTemplate;
  readonly invoke: InvokeFunction;
  /**
   * Ports by the name of the API.
   * @default any free port
   */
  readonly ports?: Readonly<Record<string, number>>;
  /** Opens a second door for each API, which speaks TLS */
  readonly tls?: GatewayTls & {
    /**
     * Ports by the name of the API.
     * @default any free port
     */
    readonly ports?: Readonly<Record<string, number>>;
  };
  /** @default Date.now */
  readonly now?: Now;
}

/** Types that the gateway reads, and those that change nothing here. Any other one of the two services is refused. */
const KNOWN_TYPES =
  /^AWS::(?:ApiGateway::(?:RestApi|Resource|Method|Authorizer|GatewayResponse|Stage|Deployment|RequestValidator|Account|Model)|ApiGatewayV2::(?:Api|Route|Integration|Authorizer|Stage|Deployment))$/;

/**
 * Boots every REST and HTTP API of the template, each on its own port of 127.0.0.1.
 * Throws a GatewayBootError, before anything listens, for what cannot be done as API Gateway would,
 * and for a function that the template does not let API Gateway invoke.
 * Not done: throttling, usage plans, custom domains, response caching, access logs.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { template } = options;
  const resources = template.resources
    .filter(({ type }) => /^AWS::ApiGateway(?:V2)?::/.test(type))
    .map(
      (resource): GatewayResource => ({
        logicalId: resource.logicalId,
        physicalId: template.physicalId(resource),
        type: resource.type,
        properties: resource.properties,
      }),
    );
  const definitions = readApis(resources, template);
  const surroundings: Surroundings = {
    region: template.region,
    accountId: template.accountId,
    invoke: options.invoke,
    now: options.now ?? Date.now,
  };
  const listeners = new Set<(trace: GatewayTrace) => void>();
  const apis: GatewayApi[] = [];
  const started: ApiListener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((listener) => listener.close()));
  };
  try {
    for (const definition of definitions) {
      const { name, kind, apiId } = definition;
      const shared = {
        api: name,
        kind,
        answer:
          kind === "rest" ? serveRestApi(definition, surroundings) : serveHttpApi(definition, surroundings),
        onTrace: (trace: GatewayTrace) => {
          for (const listen of listeners) tell(listen, trace);
        },
        now: surroundings.now,
      };
      const listener = await listenForApi({ ...shared, port: options.ports?.[name] ?? 0 });
      started.push(listener);
      const url = `http://127.0.0.1:${listener.port}${stagePath(definition)}`;
      if (options.tls === undefined) {
        apis.push({ name, kind, apiId, url });
        continue;
      }
      const { ports, ...tls } = options.tls;
      const second = await listenForApi({ ...shared, port: ports?.[name] ?? 0, tls });
      started.push(second);
      apis.push({
        name,
        kind,
        apiId,
        url,
        tlsUrl: `https://localhost:${second.port}${stagePath(definition)}`,
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    apis,
    onRequest: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}

/** A listener's trouble is its own: the answer is out already. */
function tell(listen: (trace: GatewayTrace) => void, trace: GatewayTrace): void {
  try {
    listen(trace);
  } catch (error) {
    process.emitWarning(`A listener of the local gateway failed: ${String(error)}`);
  }
}

function readApis(
  resources: readonly GatewayResource[],
  template: LocalTemplate,
): readonly (RestApi | HttpApi)[] {
  return resources.flatMap((resource): readonly (RestApi | HttpApi)[] => {
    if (!KNOWN_TYPES.test(resource.type))
      throw new GatewayBootError(resource, "the local gateway does not know this type");
    const rest = resource.type === "AWS::ApiGateway::RestApi";
    if (!rest && resource.type !== "AWS::ApiGatewayV2::Api") return [];
    const definition = rest ? readRestApi(resource, resources) : readHttpApi(resource, resources);
    checkPermissions(resource, definition, template);
    return [definition];
  });
}

function stagePath({ stages }: RestApi | HttpApi): string {
  const name = stages[0]?.name;
  return name === undefined || name === "$default" ? "" : `/${name}`;
}
