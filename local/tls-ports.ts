import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "./api-gateway/data/gateway.ts";
import { apiIdOf } from "./cloudformation/resource-identity.ts";
import { closeServer } from "./listen.ts";

/**
 * The demo's APIs as their template will have them: the configuration names them before the
 * template exists. The names are checked against the template afterwards.
 */
const DEMO_APIS = [
  { name: "sallyport-demo-rest", stack: "SallyportDemo", logicalId: "RestApi79D61EE8", basePath: "/demo" },
  { name: "sallyport-demo-http", stack: "SallyportDemo", logicalId: "HttpApi4E1D4184", basePath: "" },
] as const;

/** The TLS URLs of the APIs, known before synthesis. */
export interface TlsPorts {
  /** For the configuration: base URLs by API id */
  readonly publicOrigins: Readonly<Record<string, readonly string[]>>;
  /** By the name of the API */
  readonly tlsPorts: Readonly<Record<string, number>>;
  /** Releases the ports, for the gateway to bind at once; may be called again */
  readonly close: () => Promise<void>;
}

/** Reserves a free port for each API of the demo, until the gateway binds it. */
export async function reserveTlsPorts(): Promise<TlsPorts> {
  const held: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(held.splice(0).map(closeServer));
  };
  const hold = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    held.push(server);
    return (server.address() as AddressInfo).port;
  };
  try {
    const listeners = [];
    for (const api of DEMO_APIS) listeners.push({ ...api, tlsPort: await hold() });
    return {
      publicOrigins: Object.fromEntries(
        listeners.map(({ stack, logicalId, basePath, tlsPort }) => [
          apiIdOf(stack, logicalId),
          [`https://localhost:${tlsPort}${basePath}`],
        ]),
      ),
      tlsPorts: Object.fromEntries(listeners.map(({ name, tlsPort }) => [name, tlsPort])),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Throws if the template's APIs or their URLs differ from those that the configuration was written
 * for.
 */
export function checkTlsPorts({ apis }: Pick<Gateway, "apis">, { publicOrigins }: TlsPorts): void {
  for (const { name, apiId, tlsUrl } of apis) {
    if (tlsUrl === undefined || !publicOrigins[apiId]?.includes(tlsUrl)) {
      throw new Error(
        `The API ${name} (${apiId}) has the URL ${tlsUrl}, which local/tls-ports.ts did not expect: update its list of the demo's APIs`,
      );
    }
  }
}
