import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import recorded from "../../../support/api-gateway/event-shapes.json";
import {
  boot,
  closeAll,
  guarded,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
  policy,
  restApi,
  restAuthorizer,
  restMethod,
} from "../../../support/api-gateway/gateway-template.ts";

type Shapes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Names and JSON types of the fields of events that AWS sent, by the file in which Powertools or
 * aws-lambda-go keeps one.
 */
const SHAPES: Readonly<Record<string, Shapes>> = recorded;

const shape = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "list" : typeof value;

const shapes = (value: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shape(field)]));

// biome-ignore lint/suspicious/noExplicitAny: events have every shape
const at = (event: any, path: string): any =>
  path.split(".").reduce((value, name) => (name === "" ? value : value[name]), event);

function expectShape(event: unknown, file: string, ...paths: readonly string[]): void {
  for (const path of paths)
    expect([path, shapes(at(event, path))]).toEqual([path, SHAPES[`${file}`]?.[path]]);
}

afterEach(closeAll);

const token = { method: "POST", headers: { Authorization: "Bearer foo" } };
const ARN = "arn:aws:execute-api:eu-central-1:123456789012";
const TIME = /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/;

test("REST REQUEST authorizer", async () => {
  const { url, events } = await boot(
    [...restApi(), restAuthorizer(), ...restMethod("/lambda-request", "POST", guarded)],
    { authorizer: () => policy("Allow", "*") },
  );
  await fetch(`${url}/lambda-request`, token);
  const [event] = events.authorizer;
  const file = "powertools-apigw-rest-authorizer-request";
  expectShape(event, file, "", "requestContext", "requestContext.identity");
  expect(event).toMatchObject({
    methodArn: `${ARN}:rest1/prod/POST/lambda-request`,
    resource: "/lambda-request",
    path: "/lambda-request",
    queryStringParameters: {},
    requestContext: { path: "/prod/lambda-request", resourcePath: "/lambda-request", deploymentId: "dep1" },
  });
  expect(event.requestContext.requestTime).toMatch(TIME);
  expect(event.requestContext.requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("REST TOKEN authorizer", async () => {
  const { url, events } = await boot(
    [
      ...restApi(),
      restAuthorizer({ Type: "TOKEN", IdentitySource: "method.request.header.Authorization" }),
      ...restMethod("/lambda-token", "POST", guarded),
    ],
    { authorizer: () => policy("Allow", "*") },
  );
  await fetch(`${url}/lambda-token`, token);
  expectShape(events.authorizer[0], "powertools-apigw-rest-authorizer-token", "");
});

test("REST Lambda proxy behind an authorizer", async () => {
  const { url, events } = await boot(
    [...restApi(), restAuthorizer(), ...restMethod("/lambda-token", "POST", guarded)],
    { authorizer: () => policy("Allow", "*") },
  );
  await fetch(`${url}/lambda-token`, token);
  const [event] = events.backend;
  const file = "powertools-apigw-rest-lambda-authorizer-auth";
  expectShape(event, file, "", "requestContext", "requestContext.identity", "requestContext.authorizer");
});

test("HTTP API authorizer 2.0 and its integration", async () => {
  const { url, events } = await boot(
    [
      ...httpApi(),
      httpAuthorizer({ IdentitySource: ["$request.header.Authorization"] }),
      ...httpRoute("POST /lambda", guardedRoute),
    ],
    { authorizer: () => ({ isAuthorized: true }) },
  );
  await fetch(`${url}/lambda`, token);
  const [asked] = events.authorizer;
  const file = "powertools-apigw-http-authorizer-request";
  expectShape(asked, file, "", "requestContext", "requestContext.http");
  expect(asked).toMatchObject({
    routeArn: `${ARN}:http1/$default/POST/lambda`,
    identitySource: ["Bearer foo"],
    routeKey: "POST /lambda",
    rawPath: "/lambda",
    rawQueryString: "",
  });
  expect(asked.requestContext.time).toMatch(TIME);
  const [proxied] = events.backend;
  expectShape(proxied, "powertools-apigw-http-lambda-authorizer-auth", "", "requestContext");
  expect(proxied.requestContext.authorizer).toEqual({ lambda: null });
});

test("HTTP API authorizer 2.0 with cookies, parameters and stage variables, and its integration", async () => {
  const { url, events } = await boot(
    [
      ...httpApi({}, "$default", { one: "1" }),
      httpAuthorizer({ IdentitySource: ["$request.header.Authorization", "$stageVariables.one"] }),
      ...httpRoute("POST /my/{parameter1}", guardedRoute),
    ],
    { authorizer: () => ({ isAuthorized: true, context: { key: "value" } }) },
  );
  await fetch(`${url}/my/path?a=1`, { ...token, headers: { ...token.headers, Cookie: "a=1" }, body: "x" });
  expectShape(events.authorizer[0], "lambda-go-apigw-v2-custom-authorizer-v2-request", "");
  expect(events.authorizer[0].identitySource).toEqual(["Bearer foo", "1"]);
  const file = "lambda-go-apigw-v2-request-lambda-authorizer";
  expectShape(events.backend[0], file, "");
  // Client certificates need a custom domain, which the laptop does not have.
  const { authentication: _, ...context } = SHAPES[file]?.requestContext ?? {};
  expect(shapes(events.backend[0].requestContext)).toEqual(context);
});

test("HTTP API authorizer 1.0", async () => {
  const { url, events } = await boot(
    [
      ...httpApi(),
      httpAuthorizer({
        IdentitySource: ["$request.header.Authorization", "$request.querystring.u"],
        AuthorizerPayloadFormatVersion: "1.0",
        EnableSimpleResponses: false,
      }),
      ...httpRoute("GET /request", guardedRoute),
    ],
    { authorizer: () => policy("Allow", "*") },
  );
  await fetch(`${url}/request?u=123`, { headers: token.headers });
  const [event] = events.authorizer;
  const file = "lambda-go-apigw-v2-custom-authorizer-v1-request";
  expectShape(event, file, "");
  expect(event).toMatchObject({ identitySource: "Bearer foo,123", authorizationToken: "Bearer foo,123" });
  expect(shapes(event.requestContext)).toMatchObject(SHAPES[file]?.requestContext ?? {});
});

/** A folder with the captures themselves, which are not part of this repository. */
const folder = process.env.SALLYPORT_GATEWAY_CAPTURES ?? "";
const withCaptures = folder !== "" && existsSync(folder) ? test : test.skip;

withCaptures.each(Object.entries(SHAPES))("the recorded shape of %s is the capture's", (file, paths) => {
  const capture = JSON.parse(readFileSync(join(folder, `${file}.json`), "utf8"));
  for (const [path, expected] of Object.entries(paths)) expect(shapes(at(capture, path))).toEqual(expected);
});
