import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createFetchDocument } from "../../../verification/keys/fetch-document.ts";
import { startKeyServer } from "../../support/verification/key-server.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const knowsProxies = major > 24 || (major === 24 && minor >= 5);

let server: Awaited<ReturnType<typeof startKeyServer>>;
beforeAll(async () => {
  server = await startKeyServer();
  server.answers.set("/doc", { fine: true });
});
afterAll(() => server.close());

const text = async (document: Promise<Uint8Array>) => new TextDecoder().decode(await document);

test("a server of an unknown authority is not believed, until the authority is given", async () => {
  await expect(createFetchDocument()(`${server.url}/doc`)).rejects.toThrow(/certificate/);
  expect(await text(createFetchDocument({}, server.ca)(`${server.url}/doc`))).toBe('{"fine":true}');
});

test("the authority that is given comes besides the public ones, and holds for nothing else in the process", async () => {
  createFetchDocument({}, server.ca);
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
    import("node:https").then(({ get }) => get(`${server.url}/doc`).on("error", resolve));
  });
  expect(error.code).toMatch(/SELF_SIGNED|UNABLE_TO/);
});

test("only https is spoken", async () => {
  await expect(createFetchDocument()("http://127.0.0.1:9/doc")).rejects.toThrow();
});

/** A proxy that tunnels to whatever it is asked for, and remembers that. */
async function startProxy() {
  const tunnels: string[] = [];
  const sockets: Duplex[] = [];
  const proxy = http.createServer().on("connect", ({ url = "" }, socket) => {
    tunnels.push(url);
    sockets.push(socket);
    const [host, port] = url.split(":");
    const onward = net.connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    tunnels,
    close: () =>
      new Promise((resolve) => {
        proxy.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  };
}

(knowsProxies ? describe : describe.skip)("through a proxy (Node.js 24.5 and later)", () => {
  test("issuers are asked by a tunnel, so that the proxy sees their names alone", async () => {
    const proxy = await startProxy();
    try {
      const fetchDocument = createFetchDocument({ proxy: proxy.url }, server.ca);
      expect(await text(fetchDocument(`${server.url}/doc`))).toBe('{"fine":true}');
      expect(proxy.tunnels).toEqual([new URL(server.url).host]);
      const direct = createFetchDocument({ proxy: proxy.url, noProxy: ["localhost"] }, server.ca);
      expect(await text(direct(`${server.url}/doc`))).toBe('{"fine":true}');
      expect(proxy.tunnels).toHaveLength(1);
    } finally {
      await proxy.close();
    }
  });

  test("a proxy that is down is a failure, not a reason to go straight", async () => {
    const before = server.asked.length;
    await expect(
      createFetchDocument({ proxy: "http://127.0.0.1:9" }, server.ca)(`${server.url}/doc`),
    ).rejects.toThrow();
    expect(server.asked).toHaveLength(before);
  });
});

(knowsProxies ? test.skip : test)("a Node.js that knows no proxies does not start with one", () => {
  expect(() => createFetchDocument({ proxy: "http://127.0.0.1:9" })).toThrow(/does not support proxies/);
});
