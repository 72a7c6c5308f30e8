import type { Now } from "../../../domain/time.ts";
import type { LocalTemplate } from "../../cloudformation/template.ts";
import { mayInvoke } from "../../lambda/permission.ts";
import { type ApiListener, type GatewayTls, type GatewayTrace, listenForApi } from "./api-listener.ts";
import type { MayInvoke, Surroundings } from "./api-surroundings.ts";
import { type ApiConfigurations, openApis } from "./configurations.ts";
import { GatewayBootError, type InvokeFunction } from "./gateway-resource.ts";
import { serveHttpApi } from "./http/http-api.ts";
import type { HttpConfiguration } from "./http/http-configuration.ts";
import type { HttpApi } from "./http/http-definition.ts";
import { checkPermissions } from "./invoke-permissions.ts";
import { serveRestApi } from "./rest/rest-api.ts";
import type { RestConfiguration } from "./rest/rest-configuration.ts";
import type { RestApi } from "./rest/rest-definition.ts";

export type { GatewayTls, GatewayTrace } from "./api-listener.ts";
export { SOURCE_IP_HEADER } from "./incoming-request.ts";

export interface GatewayApi {
  readonly name: string;
  readonly kind: "rest" | "http";
  readonly apiId: string;
  /**
   * Base URL of the first stage: `http://127.0.0.1:<port>/<stage>`, without the stage for
   * `$default`
   */
  readonly url: string;
  /**
   * The same over TLS, where clients may present a certificate: `https://localhost:<port>/<stage>`
   */
  readonly tlsUrl?: string;
}

/** The laptop's API Gateway. */
export interface Gateway {
  readonly apis: readonly GatewayApi[];
  /**
   * Called after each answered request, in the order of the responses; returns a function that
   * removes the listener
   */
  readonly onRequest: (listener: (trace: GatewayTrace) => void) => () => void;
  readonly close: () => Promise<void>;
}

export interface GatewayOptions {
  readonly template: LocalTemplate;
  readonly invoke: InvokeFunction;
  /**
   * The APIs, if something else changes them too.
   * @default those of the template, unchanged
   */
  readonly configurations?: ApiConfigurations;
  /**
   * Called before each invocation of an authorizer.
   * @default by the permissions of the template
   */
  readonly mayInvoke?: MayInvoke;
  /**
   * What to do with WebSocket APIs, which the laptop does not serve.
   * @default refused
   */
  readonly webSocketApis?: "refused" | "left out";
  /**
   * Ports by the name of the API.
   * @default any free port
   */
  readonly ports?: Readonly<Record<string, number>>;
  /** Adds a TLS listener for each API */
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

/**
 * Boots every REST and HTTP API of the template, each on its own port of 127.0.0.1.
 * Throws a GatewayBootError, before anything listens, for what cannot be done as API Gateway would,
 * and for a function that the template does not let API Gateway invoke.
 * Does not do throttling, usage plans, custom domains, response caching or access logs.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { template } = options;
  const { rest, http } = options.configurations ?? openApis(template, options.now);
  const served: readonly (RestConfiguration | HttpConfiguration)[] = [
    ...rest.values(),
    ...[...http.values()].filter((api) => isServed(api, options)),
  ];
  for (const api of served) checkPermissions(api.api, definitionOf(api), template);
  const surroundings: Surroundings = {
    region: template.region,
    accountId: template.accountId,
    invoke: options.invoke,
    mayInvoke:
      options.mayInvoke ??
      ((functionArn, source) => mayInvoke(template, functionArn, "apigateway.amazonaws.com", source)),
    now: options.now ?? Date.now,
  };
  const listeners = new Set<(trace: GatewayTrace) => void>();
  const apis: GatewayApi[] = [];
  const started: ApiListener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((listener) => listener.close()));
  };
  try {
    for (const api of served) {
      const { name, apiId } = api;
      const kind: GatewayApi["kind"] = api.kind === "rest" ? "rest" : "http";
      const shared = {
        api: name,
        kind,
        answer: api.kind === "rest" ? serveRestApi(api, surroundings) : serveHttpApi(api, surroundings),
        onTrace: (trace: GatewayTrace) => {
          for (const listen of listeners) notify(listen, trace);
        },
        now: surroundings.now,
      };
      const listener = await listenForApi({ ...shared, port: options.ports?.[name] ?? 0 });
      started.push(listener);
      const url = `http://127.0.0.1:${listener.port}${stagePath(api)}`;
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
        tlsUrl: `https://localhost:${second.port}${stagePath(api)}`,
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

/** A listener's error must not reach the client: the response has already been sent. */
function notify(listen: (trace: GatewayTrace) => void, trace: GatewayTrace): void {
  try {
    listen(trace);
  } catch (error) {
    process.emitWarning(`A listener of the local gateway failed: ${String(error)}`);
  }
}

/**
 * The laptop configures WebSocket APIs but does not serve them; the caller must accept that
 * explicitly.
 */
function isServed({ kind, api }: HttpConfiguration, { webSocketApis }: GatewayOptions): boolean {
  if (kind === "http") return true;
  if (webSocketApis !== "left out") throw new GatewayBootError(api, "protocol WEBSOCKET is not supported");
  return false;
}

/** As the template states it: all stages have the same value. */
function definitionOf(api: RestConfiguration | HttpConfiguration): RestApi | HttpApi {
  if (api.kind !== "rest") return api.definition();
  const stages = [...api.stages.values()];
  const [first] = stages.map(({ deploymentId }) => api.deployments.get(deploymentId)?.definition);
  if (first === undefined) throw new GatewayBootError(api.api, "it has no stage");
  return first;
}

function stagePath({ stages }: RestConfiguration | HttpConfiguration): string {
  const [name] = stages.keys();
  return name === undefined || name === "$default" ? "" : `/${name}`;
}
