import type { IncomingHttpHeaders } from "node:http";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { createFetchDocument, type Post, StatusError } from "../../../verification/keys/fetch-document.ts";
import { startKeyServer } from "../../support/verification/key-server.ts";

let server: Awaited<ReturnType<typeof startKeyServer>>;
const requests: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  server = await startKeyServer();
  server.answers.set("/doc", (response) => {
    const { method, headers } = response.req;
    let body = "";
    response.req.on("data", (chunk) => {
      body += chunk;
    });
    response.req.on("end", () => {
      requests.push({ method, headers, body });
      response.end("fine");
    });
  });
  server.answers.set("/moved", (response) => void response.writeHead(201).end("fine"));
  server.answers.set("/largest", (response) => void response.end(Buffer.alloc(256 * 1024, 32)));
  server.answers.set("/larger", (response) => void response.end(Buffer.alloc(256 * 1024 + 1, 32)));
});
afterAll(() => server.close());
beforeEach(() => void requests.splice(0));

const fetchFrom = (path: string, post?: Post) =>
  createFetchDocument({}, server.ca)(`${server.url}${path}`, post);

test("a document is fetched by GET, as JSON, with the name of the product", async () => {
  await fetchFrom("/doc");
  expect(requests).toMatchObject([
    {
      method: "GET",
      headers: {
        accept: expect.stringMatching(/application\/json.*application\/jwk-set\+json/),
        "user-agent": "sallyport",
        connection: "close",
      },
      body: "",
    },
  ]);
});

test("a form is sent by POST with its headers", async () => {
  await fetchFrom("/doc", { headers: { authorization: "Basic x" }, body: "token=t" });
  expect(requests).toMatchObject([
    { method: "POST", headers: { authorization: "Basic x", "user-agent": "sallyport" }, body: "token=t" },
  ]);
});

test.each([
  ["/moved", 201],
  ["/absent", 404],
])("%s, a status other than 200, is an error with that status", async (path, status) => {
  const error = await fetchFrom(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(StatusError);
  expect(error).toMatchObject({ status, message: `${server.url}${path}: status ${status}, expected 200` });
});

test("a document may have 256 KB and not one byte more", async () => {
  expect((await fetchFrom("/largest")).byteLength).toBe(256 * 1024);
  await expect(fetchFrom("/larger")).rejects.toThrow(`${server.url}/larger: larger than 256 KB`);
});

test("a document in many small pieces arrives whole", async () => {
  const pieces = Array.from({ length: 3000 }, (_, at) => `${at};`);
  server.answers.set("/pieces", async (response) => {
    for (const piece of pieces) {
      response.write(piece);
      await new Promise(setImmediate);
    }
    response.end();
  });
  expect(Buffer.from(await fetchFrom("/pieces")).toString()).toBe(pieces.join(""));
});

test.each([
  [
    "upgrades the connection",
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
  ],
  ["closes the connection", ""],
])("a server that %s instead of responding is an error", async (_, says) => {
  server.answers.set("/none", (response) => void response.socket?.end(says));
  await expect(fetchFrom("/none")).rejects.toThrow(`${server.url}/none: `);
});

test("an error says the address and keeps its cause", async () => {
  const error = await createFetchDocument()(`${server.url}/doc`).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ message: expect.stringContaining(`${server.url}/doc: `) });
  expect((error as Error).cause).toHaveProperty("code");
});

describe("a document that is packed", () => {
  const sending = (body: Buffer, coding?: string) => {
    server.answers.set("/packed", (response) => {
      if (coding !== undefined) response.setHeader("content-encoding", coding);
      response.end(body);
    });
    return fetchFrom("/packed").then((bytes) => Buffer.from(bytes).toString());
  };
  const plain = Buffer.from('{"keys":[]}');

  test.each([
    ["gzip", gzipSync(plain), "gzip"],
    ["gzip in capital letters", gzipSync(plain), "GZIP"],
    ["gzip without a word", gzipSync(plain), undefined],
    ["gzip that was called identity", gzipSync(plain), "identity"],
    ["deflate", deflateSync(plain), "deflate"],
    ["deflate without the zlib format", deflateRawSync(plain), "deflate"],
    ["br", brotliCompressSync(plain), "br"],
    ["nothing", plain, "identity"],
    ["nothing, behind a byte order mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]), undefined],
    ["gzip, behind a byte order mark", gzipSync(Buffer.concat([Buffer.from("\ufeff"), plain])), "gzip"],
  ])("by %s is unpacked", async (_, body, coding) => {
    expect(await sending(body, coding)).toBe('{"keys":[]}');
  });

  test.each([
    ["the first byte of gzip", [0x1f, 0x20, 0x20]],
    ["the second byte of gzip", [0x20, 0x8b, 0x20]],
    ["two bytes of a mark", [0xef, 0xbb, 0x20]],
    ["the outer bytes of a mark", [0xef, 0x20, 0xbf]],
    ["the last bytes of a mark", [0x20, 0xbb, 0xbf]],
    ["the last byte of a mark", [0x20, 0x20, 0xbf]],
  ])("is not what begins with %s", async (_, bytes) => {
    const body = Buffer.from([...bytes, 0x20]);
    server.answers.set("/plain", (response) => void response.end(body));
    expect(Buffer.from(await fetchFrom("/plain"))).toEqual(body);
  });

  test("by br is not taken for gzip, though its first two bytes may be the same", async () => {
    const text = "x".repeat(396);
    const body = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
    expect([...body.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(await sending(body, "br")).toBe(text);
  });

  test("may have 256 KB and not one byte more", async () => {
    expect(await sending(gzipSync(Buffer.alloc(256 * 1024, 32)), "gzip")).toHaveLength(256 * 1024);
    await expect(sending(gzipSync(Buffer.alloc(256 * 1024 + 1, 32)), "gzip")).rejects.toThrow(
      "larger than 256 KB when unpacked",
    );
  });

  test("to a bomb costs no memory", async () => {
    await expect(sending(gzipSync(Buffer.alloc(200_000_000)), "gzip")).rejects.toThrow("larger than 256 KB");
  });

  test.each([
    ["zstd", plain, 'has the unsupported content coding "zstd"'],
    ["__proto__", plain, "unsupported content coding"],
    ["gzip, br", plain, "unsupported content coding"],
    ["a".repeat(5000), plain, `unsupported content coding "${"a".repeat(40)}"`],
    ["gzip", Buffer.from("no gzip"), "cannot be unpacked as gzip"],
    ["br", gzipSync(plain).subarray(2), "cannot be unpacked as br"],
  ])("by %s, or not as it says, is an error", async (coding, body, says) => {
    await expect(sending(body, coding)).rejects.toThrow(says);
  });
});
