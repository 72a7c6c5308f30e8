import { createServer } from "node:http";
import type { GatewayApi } from "../../local/api-gateway/data/gateway.ts";
import { apiIdOf } from "../../local/cloudformation/resource-identity.ts";
import { checkTlsPorts, reserveTlsPorts } from "../../local/tls-ports.ts";

const REST = apiIdOf("SallyportDemo", "RestApi79D61EE8");

test("names a port for each API and holds it until the gateway takes it", async () => {
  const reserved = await reserveTlsPorts();
  const ports = Object.values(reserved.tlsPorts);
  expect(new Set(ports).size).toBe(2);
  const listen = () =>
    new Promise<string>((resolve) => {
      const server = createServer();
      server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
      server.listen(ports[0], "127.0.0.1", () => server.close(() => resolve("listening")));
    });
  expect(await listen()).toBe("EADDRINUSE");
  await reserved.close();
  await reserved.close();
  expect(await listen()).toBe("listening");
});

test("names the ports of each API by its id", async () => {
  const reserved = await reserveTlsPorts();
  await reserved.close();
  expect(Object.values(reserved.publicOrigins)).toHaveLength(2);
  expect(reserved.publicOrigins[REST]).toEqual([
    `https://localhost:${reserved.tlsPorts["sallyport-demo-rest"]}/demo`,
  ]);
});

test.each<[string, Partial<GatewayApi>]>([
  ["another id", { apiId: "other" }],
  ["another port", { tlsUrl: "https://localhost:1/demo" }],
  ["no TLS", { tlsUrl: undefined as never }],
])("says what to do about an API with %s", async (_, change) => {
  const reserved = await reserveTlsPorts();
  await reserved.close();
  const [tlsUrl = ""] = reserved.publicOrigins[REST] ?? [];
  const url = "http://127.0.0.1:1/demo";
  const api: GatewayApi = { name: "sallyport-demo-rest", kind: "rest", apiId: REST, url, tlsUrl };
  expect(() => checkTlsPorts({ apis: [api] }, reserved)).not.toThrow();
  expect(() => checkTlsPorts({ apis: [{ ...api, ...change }] }, reserved)).toThrow(
    /sallyport-demo-rest.*update its list/,
  );
});
