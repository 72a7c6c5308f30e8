import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "./api-gateway/data/gateway.ts";
import { apiIdOf } from "./cloudformation/resource-identity.ts";
import { closeServer } from "./listen.ts";

/**
 * The demo's APIs as their template will hold them: the configuration names them before there is a template. Whether they are still
 * called so is checked once there is one.
 */
const DEMO_APIS = [
  { name: "sallyport-demo-rest", stack: "SallyportDemo", logicalId: "RestApi79D61EE8", basePath: "/demo" },
  { name: "sallyport-demo-http", stack: "SallyportDemo", logicalId: "HttpApi4E1D4184", basePath: "" },
] as const;

/** Where the APIs will be called over TLS, known before anything is synthesized. */
export interface FrontDoor {
  /** Of the configuration: base URLs by API id */
  readonly publicOrigins: Readonly<Record<string, readonly string[]>>;
  /** By the name of the API */
  readonly tlsPorts: Readonly<Record<string, number>>;
  /** Gives the ports free, for the gateway to take at once; may be called again */
  readonly close: () => Promise<void>;
}

/** Chooses a free port for each API of the demo, and holds it until the gateway takes it. */
export async function chooseFrontDoor(): Promise<FrontDoor> {
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
    const doors = [];
    for (const api of DEMO_APIS) doors.push({ ...api, tlsPort: await hold() });
    return {
      publicOrigins: Object.fromEntries(
        doors.map(({ stack, logicalId, basePath, tlsPort }) => [
          apiIdOf(stack, logicalId),
          [`https://localhost:${tlsPort}${basePath}`],
        ]),
      ),
      tlsPorts: Object.fromEntries(doors.map(({ name, tlsPort }) => [name, tlsPort])),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Throws where the template has other APIs than the configuration was written for, or calls them elsewhere. */
export function checkFrontDoor({ apis }: Pick<Gateway, "apis">, { publicOrigins }: FrontDoor): void {
  for (const { name, apiId, tlsUrl } of apis) {
    if (tlsUrl === undefined || !publicOrigins[apiId]?.includes(tlsUrl)) {
      throw new Error(
        `The API ${name} (${apiId}) is called at ${tlsUrl}, which local/front-door.ts did not foresee: bring its list of the demo's APIs up to date`,
      );
    }
  }
}
