import { createApiControl } from "../../../aws/api-gateway/api-control.ts";
import {
  type Answers,
  failure,
  hastyPace,
  refusal,
  startRecordingServer,
} from "../../support/aws/recording-server.ts";

const address = { accountId: "111122223333", region: "eu-central-1", apiId: "x1" };
const SERVICES = ["API_GATEWAY", "APIGATEWAYV2"] as const;
const ENVIRONMENT = [
  ...SERVICES.map((service) => `AWS_ENDPOINT_URL_${service}`),
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
];

const before = { ...process.env };
let server: Awaited<ReturnType<typeof startRecordingServer>> | undefined;
afterEach(async () => {
  for (const name of ENVIRONMENT) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await server?.close();
});

async function open(answers: Answers, kind?: "rest" | "http" | "websocket") {
  server = await startRecordingServer(answers);
  for (const service of SERVICES) process.env[`AWS_ENDPOINT_URL_${service}`] = server.endpoint;
  process.env.AWS_ACCESS_KEY_ID = "local";
  process.env.AWS_SECRET_ACCESS_KEY = "local";
  const { pace } = hastyPace();
  return createApiControl({ address, partition: "aws", pace, ...(kind !== undefined && { kind }) });
}

const rest = { body: { id: "x1", name: "orders" } };
const v2 = (protocolType: string) => ({ body: { apiId: "x1", name: "shop", protocolType } });
const empty = { body: { items: [], item: [] } };

test("an id is looked up among REST APIs first, then among HTTP and WebSocket APIs", async () => {
  expect((await open({ "GET /restapis/x1": rest })).kind).toBe("rest");
  expect(server?.lines()).toEqual(["GET /restapis/x1"]);
  await server?.close();
  expect((await open({ "GET /v2/apis/x1": v2("HTTP") })).kind).toBe("http");
  expect(server?.lines()).toEqual(["GET /restapis/x1", "GET /v2/apis/x1"]);
  await server?.close();
  expect((await open({ "GET /v2/apis/x1": v2("WEBSOCKET") })).kind).toBe("websocket");
});

test("a kind that is given is not searched for", async () => {
  expect((await open({ "GET /v2/apis/x1": v2("HTTP") }, "http")).kind).toBe("http");
  expect(server?.lines()).toEqual(["GET /v2/apis/x1"]);
  await server?.close();
  expect((await open({ "GET /restapis/x1": rest }, "rest")).kind).toBe("rest");
});

test("an unknown id is reported with the places that were searched", async () => {
  await expect(open({})).rejects.toMatchObject({
    kind: "not-found",
    message: 'API "x1" does not exist in Region eu-central-1 of account 111122223333.',
  });
});

test("who may see HTTP APIs only still finds one", async () => {
  const denied = refusal("apigateway:GET", "arn:aws:apigateway:eu-central-1::/restapis/x1");
  expect((await open({ "GET /restapis/x1": denied, "GET /v2/apis/x1": v2("HTTP") })).kind).toBe("http");
  await server?.close();
  await expect(open({ "GET /restapis/x1": denied })).rejects.toMatchObject({
    kind: "access-denied",
    action: "apigateway:GET",
  });
});

test("a proxy's page is not taken for an answer that there is no such API", async () => {
  const page = { status: 404, headers: { "content-type": "text/html" }, body: "<!doctype html>" };
  await expect(open({ "GET /restapis/x1": page, "GET /v2/apis/x1": page })).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("the response is not from AWS"),
  });
});

test("trouble other than that is not taken for another kind of API", async () => {
  await expect(
    open({ "GET /restapis/x1": failure(400, "BadRequestException", "no"), "GET /v2/apis/x1": v2("HTTP") }),
  ).rejects.toMatchObject({ kind: "invalid" });
});

const LISTS: Answers = {
  "GET /restapis/x1": rest,
  ...Object.fromEntries(
    ["resources", "authorizers", "gatewayresponses", "deployments", "stages"].map((list) => [
      `GET /restapis/x1/${list}`,
      empty,
    ]),
  ),
  ...Object.fromEntries(
    ["routes", "authorizers", "deployments", "stages"].map((list) => [`GET /v2/apis/x1/${list}`, empty]),
  ),
  "GET /v2/domainnames": {
    body: {
      items: [{ domainName: "m.example", mutualTlsAuthentication: { truststoreUri: "s3://trust/ca.pem" } }],
    },
  },
  "GET /v2/domainnames/m.example/apimappings": {
    body: { items: [{ apiId: "x1", stage: "prod", apiMappingKey: "deep/path" }] },
  },
};

test("a REST API's domains with mutual TLS are found, in mappings of several levels too", async () => {
  const { control } = await open(LISTS);
  expect(await control.read()).toMatchObject({
    kind: "rest",
    accountId: "111122223333",
    mutualTlsDomains: ["m.example"],
  });
});

test("a WebSocket API has no client certificates, and its domains are not asked for", async () => {
  const { control } = await open({ ...LISTS, "GET /v2/apis/x1": v2("WEBSOCKET") }, "websocket");
  expect(await control.read()).toMatchObject({ kind: "websocket", mutualTlsDomains: [] });
  expect(server?.lines()).not.toContain("GET /v2/domainnames");
});
