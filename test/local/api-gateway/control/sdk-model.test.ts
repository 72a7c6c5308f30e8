import { createServer, type Server } from "node:http";
import * as gateway from "@aws-sdk/client-api-gateway";
import * as gatewayV2 from "@aws-sdk/client-apigatewayv2";
import * as lambda from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { closeServer, listenOnFreePort } from "../../../../local/listen.ts";
import { everyOperation, type Input } from "../../../support/api-gateway/every-operation.ts";
import { faultsOf, modelOf } from "../../../support/api-gateway/schema-walk.ts";
import { clientConfig } from "../../../support/shop/clients.ts";
import { type Shop, startShop } from "../../../support/shop/shop.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

let shop: Shop;
let proxy: Server;
let url: string;
/** What came back last, before the SDK has looked at it */
let last: Answer | undefined;

/** Stands between the SDK and the laptop, and keeps the answers as they are on the wire. */
async function startProxy(): Promise<void> {
  proxy = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await fetch(`${shop.stack.control.endpoint}${request.url}`, {
      method: request.method ?? "GET",
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    last = { status: answer.status, body: await answer.text() };
    response.writeHead(answer.status, Object.fromEntries(answer.headers.entries())).end(last.body);
  });
  url = `http://127.0.0.1:${await listenOnFreePort(proxy)}`;
}

beforeAll(async () => {
  shop = await startShop({ mixed: true });
  await startProxy();
  const mappings = [
    { apiId: shop.rest.id, stage: "prod", path: "", kind: "rest" as const },
    { apiId: shop.http.id, stage: "$default", path: "v2", kind: "http" as const },
  ];
  shop.stack.control.setDomainName({ name: "shop.example.com", mutualTls: true, mappings });
  const prod = shop.stack.configurations.rest.get(shop.rest.id)?.stages.get("prod");
  if (prod === undefined) throw new Error("no stage");
  prod.methodSettings = { "*/*": { cachingEnabled: true, cacheTtlInSeconds: 60 } };
});
afterAll(async () => {
  await closeServer(proxy);
  await shop.close();
});

/** The SDK's own client and command for a step, by their names. */
function commandOf(service: string, name: string, input: Input) {
  const [sdk, Client] =
    service === "apigateway"
      ? [gateway, gateway.APIGatewayClient]
      : service === "apigatewayv2"
        ? [gatewayV2, gatewayV2.ApiGatewayV2Client]
        : [lambda, lambda.LambdaClient];
  const Command = (sdk as unknown as Record<string, new (input: Input) => object>)[`${name}Command`];
  if (Command === undefined) throw new Error(`The SDK has no ${service}:${name}`);
  const client = new Client(clientConfig(url)) as unknown as { send: (command: object) => Promise<Input> };
  return { client, command: new Command(input) };
}

test("every answer is as the SDK's own model has it, call by call", async () => {
  const served = new Map(shop.stack.control.operations.map((one) => [`${one.service}:${one.name}`, one]));
  const driven = new Set<string>();
  for (const [service, name, input, keep] of everyOperation(shop)) {
    const { client, command } = commandOf(service, name, input());
    const operation = served.get(`${service}:${name}`);
    const model = modelOf(command);
    const seen = { name: model.name, http: [operation?.method, operation?.path, operation?.status] };
    expect(seen).toEqual({ name, http: model.http });
    const output = await client.send(command);
    expect({ name, status: last?.status }).toEqual({ name, status: model.http?.[2] });
    const body: unknown = last?.body === "" ? undefined : JSON.parse(last?.body ?? "");
    expect({ name, faults: faultsOf(model.output, body) }).toEqual({ name, faults: [] });
    keep?.(output);
    driven.add(`${service}:${name}`);
  }
  expect([...served.keys()].filter((key) => !driven.has(key))).toEqual([]);
});

test("a member that is misspelled, missing or of another type is found", () => {
  const { output } = modelOf(new gatewayV2.GetApisCommand({}));
  const api = { name: "a", protocolType: "HTTP", routeSelectionExpression: "x" };
  expect(faultsOf(output, { items: [{ ...api, createdDate: "2026-11-21T21:39:25Z" }] })).toEqual([]);
  const odd = { items: [{ ...api, name: undefined, apiid: "x", createdDate: 7, tags: { a: 1 } }] };
  expect(faultsOf(output, odd)).toEqual([
    "$.items[0].apiid: no member of Api",
    "$.items[0].name: required, and missing",
    "$.items[0].createdDate: a number where a string should be",
    '$.items[0].tags["a"]: a number where a string should be',
  ]);
  const { output: restApi } = modelOf(new gateway.GetRestApiCommand({ restApiId: "x" }));
  expect(faultsOf(restApi, { createdDate: "2026" })).toEqual([
    "$.createdDate: a string where a number should be",
  ]);
});

test("the caller is named as STS does it, in XML", async () => {
  const sts = new STSClient(clientConfig(url));
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:user/laptop",
    UserId: expect.stringMatching(/^AIDA[A-Z]{17}$/),
  });
});
