import { createServer } from "node:http";
import type { GatewayApi } from "../../local/api-gateway/data/gateway.ts";
import { apiIdOf } from "../../local/cloudformation/resource-identity.ts";
import { checkFrontDoor, chooseFrontDoor } from "../../local/front-door.ts";

const REST = apiIdOf("SallyportDemo", "RestApi79D61EE8");

test("names a port for each API and holds it until the gateway takes it", async () => {
  const door = await chooseFrontDoor();
  const ports = Object.values(door.tlsPorts);
  expect(new Set(ports).size).toBe(2);
  const listen = () =>
    new Promise<string>((resolve) => {
      const server = createServer();
      server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
      server.listen(ports[0], "127.0.0.1", () => server.close(() => resolve("listening")));
    });
  expect(await listen()).toBe("EADDRINUSE");
  await door.close();
  await door.close();
  expect(await listen()).toBe("listening");
});

test("names the door of each API by its id", async () => {
  const door = await chooseFrontDoor();
  await door.close();
  expect(Object.values(door.publicOrigins)).toHaveLength(2);
  expect(door.publicOrigins[REST]).toEqual([
    `https://localhost:${door.tlsPorts["sallyport-demo-rest"]}/demo`,
  ]);
});

test.each<[string, Partial<GatewayApi>]>([
  ["another id", { apiId: "other" }],
  ["another port", { tlsUrl: "https://localhost:1/demo" }],
  ["no TLS", { tlsUrl: undefined as never }],
])("says what to do about an API with %s", async (_, change) => {
  const door = await chooseFrontDoor();
  await door.close();
  const [tlsUrl = ""] = door.publicOrigins[REST] ?? [];
  const url = "http://127.0.0.1:1/demo";
  const api: GatewayApi = { name: "sallyport-demo-rest", kind: "rest", apiId: REST, url, tlsUrl };
  expect(() => checkFrontDoor({ apis: [api] }, door)).not.toThrow();
  expect(() => checkFrontDoor({ apis: [{ ...api, ...change }] }, door)).toThrow(
    /sallyport-demo-rest.*update its list/,
  );
});
