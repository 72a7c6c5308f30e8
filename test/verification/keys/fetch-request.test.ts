import type { IncomingHttpHeaders } from "node:http";
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
      headers: { accept: "application/json", "user-agent": "sallyport", connection: "close" },
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

test("an error says the address and keeps its cause", async () => {
  const error = await createFetchDocument()(`${server.url}/doc`).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ message: expect.stringContaining(`${server.url}/doc: `) });
  expect((error as Error).cause).toHaveProperty("code");
});
