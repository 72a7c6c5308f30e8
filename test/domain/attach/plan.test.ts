import type { ApiState } from "../../../domain/attach/api-state.ts";
import type { AttachOptions } from "../../../domain/attach/attach-plan.ts";
import type { Attachment } from "../../../domain/attach/attachment.ts";
import { plan } from "../../../domain/attach/plan.ts";
import { takeSnapshot } from "../../../domain/attach/snapshot.ts";
import {
  ADDRESS,
  emptyApi,
  FUNCTION_ARN,
  route,
  simpleApi,
  stage,
  wants,
} from "../../support/attach/random-api.ts";

const planned = (api: ApiState, options: Partial<AttachOptions> = {}, attachment?: Attachment) =>
  plan({ api, options: wants(options), ...(attachment !== undefined && { attachment }) });

const codes = (api: ApiState, options: Partial<AttachOptions> = {}, attachment?: Attachment) =>
  planned(api, options, attachment).refusals.map(({ code }) => code);

const warned = (api: ApiState, options: Partial<AttachOptions> = {}) =>
  planned(api, options).warnings.map(({ code }) => code);

const attached = (api: ApiState, parts: Partial<Attachment> = {}): Attachment => ({
  version: 1,
  address: ADDRESS,
  kind: api.kind,
  name: api.name,
  functionArn: FUNCTION_ARN,
  stages: ["prod"],
  excluded: [],
  guarded: [],
  enforce: {},
  status: "attached",
  updatedAt: "2026-01-01T00:00:00.000Z",
  snapshot: takeSnapshot(api, "2026-01-01T00:00:00.000Z", (text) => `${text.length}`),
  ...parts,
});

const pool = {
  id: "pool",
  name: "users",
  type: "COGNITO_USER_POOLS",
  ttlSeconds: 300,
  identitySources: ["method.request.header.Authorization"],
};
const ours = {
  id: "ours",
  name: "sallyport",
  type: "REQUEST",
  functionArn: FUNCTION_ARN,
  ttlSeconds: 0,
  identitySources: [],
};

/** Another route's protection is deployed than is configured now. */
const deployedAs = (key: string, type: "AWS_IAM" | "CUSTOM") =>
  simpleApi("rest", 3, {
    stages: [
      stage("prod", { deploymentId: "d0", deployedRoutes: { [key]: { type, apiKeyRequired: false } } }),
    ],
  });

test("says of each route what becomes of it, and why", () => {
  const api = simpleApi("rest", 0, {
    authorizers: [pool, { ...ours, name: "by-cdk" }],
    routes: [
      route("GET /open"),
      route("OPTIONS /open"),
      route("GET /health"),
      route("GET /mine", { type: "COGNITO_USER_POOLS", authorizerId: "pool" }),
      route("POST /signed", { type: "AWS_IAM" }),
      route("PUT /there", { type: "CUSTOM", authorizerId: "ours" }),
    ],
  });
  const options = { exclude: ["* /health"], replace: ["iam"], enforce: "all" } as const;
  const { routes, refusals } = planned(api, options);
  expect(routes.map(({ key, verdict, why }) => [key, verdict, why])).toEqual([
    ["GET /open", "attach", "open now"],
    ["OPTIONS /open", "open", "a CORS preflight carries no credentials"],
    ["GET /health", "excluded", "named by --exclude"],
    ["GET /mine", "protected", "protected by Cognito (users); --replace cognito would replace it"],
    ["POST /signed", "replace", "protected by IAM now; named by --replace"],
    ["PUT /there", "attached", "calls the function through the authorizer by-cdk"],
  ]);
  expect(refusals).toEqual([]);
});

test("the mode is set, and the authorizer tried, before any route asks it", () => {
  const { steps } = planned(simpleApi("rest", 2));
  expect(steps.map((step) => step.do)).toEqual([
    "grant-invoke",
    "create-authorizer",
    ...Array(6).fill("put-gateway-response"),
    "test-authorizer",
    "set-enforcement",
    "guard-route",
    "guard-route",
    "deploy",
  ]);
  expect(steps[0]).toEqual({
    do: "grant-invoke",
    statementId: "sallyport-abc123def4",
    sourceArn: "arn:aws:execute-api:eu-central-1:444455556666:abc123def4/authorizers/*",
    replaces: false,
  });
});

test("a WebSocket API is guarded at $connect alone", () => {
  const { routes, steps } = planned(simpleApi("websocket", 0));
  expect(routes.map(({ verdict }) => verdict)).toEqual(["attach", "open", "open"]);
  expect(steps.filter((step) => step.do === "guard-route")).toHaveLength(1);
});

describe("refuses", () => {
  const rest = simpleApi("rest", 2);
  const signed = simpleApi("rest", 0, { routes: [route("GET /a"), route("GET /b", { type: "AWS_IAM" })] });
  test.each<[string, ApiState, Partial<AttachOptions>, Attachment?]>([
    ["owned-by-stack", { ...rest, stack: "orders" }, {}],
    ["authorizer-name-taken", { ...rest, authorizers: [{ ...ours, functionArn: "arn:other" }] }, {}],
    ["authorizer-changed", { ...rest, authorizers: [{ ...ours, ttlSeconds: 300 }] }, {}],
    [
      "authorizer-changed",
      { ...rest, authorizers: [{ ...ours, identitySources: ["method.request.header.Authorization"] }] },
      {},
    ],
    ["unknown-stage", rest, { stages: ["nope"] }],
    ["no-stage", { ...rest, stages: [] }, {}],
    ["no-canary", simpleApi("http", 2), { canaryPercent: 10 }],
    ["would-open", signed, { replace: ["iam"] }],
    ["would-open", signed, { replace: ["iam"], enforce: ["billing"] }],
    [
      "would-open",
      {
        ...signed,
        stages: [
          ...signed.stages,
          stage("dev", { deploymentId: "d0", variables: { sallyport_enforce: "none" } }),
        ],
      },
      { replace: ["iam"], enforce: "all", stages: ["prod"] },
    ],
    ["would-publish-open", deployedAs("GET /items/0", "AWS_IAM"), {}],
    ["would-publish-open", deployedAs("GET /items/0", "CUSTOM"), { enforce: ["billing"] }],
    [
      "would-publish-open",
      deployedAs("GET /items/0", "AWS_IAM"),
      { enforce: "all", exclude: ["GET /items/0"] },
    ],
    ["nothing-to-attach", simpleApi("rest", 0, { routes: [route("OPTIONS /")] }), {}],
    ["nothing-to-attach", simpleApi("rest", 0, { routes: [route("GET /", { type: "AWS_IAM" })] }), {}],
    ["managed-api", { ...rest, managed: true }, {}],
    ["other-function", rest, { functionArn: `${FUNCTION_ARN}-2` }, attached(rest)],
    [
      "managed-stage",
      simpleApi("http", 2, { stages: [stage("$default", { autoDeploy: true, managed: true })] }),
      {},
    ],
    [
      "stage-deploys-itself",
      simpleApi("http", 2, {
        stages: [stage("a", { autoDeploy: true }), stage("b", { deploymentId: "d0" })],
      }),
      { stages: ["b"] },
    ],
    [
      "foreign-canary",
      {
        ...rest,
        stages: [stage("prod", { deploymentId: "d0", canary: { deploymentId: "d1", percent: 5 } })],
      },
      {},
    ],
    [
      "snapshot-missing",
      {
        ...rest,
        authorizers: [ours],
        routes: [route("GET /a", { type: "CUSTOM", authorizerId: "ours" })],
        deployments: [{ id: "d0", description: "sallyport attach 0123" }],
      },
      {},
    ],
  ])("%s", (...[code, api, options, attachment]) => {
    expect(codes(api, options, attachment)).toEqual([code]);
  });

  test("to go back to monitoring while a replaced route is held by it", () => {
    const now = {
      ...signed,
      authorizers: [ours],
      routes: signed.routes.map((one) => ({
        ...one,
        authorization: { type: "CUSTOM", authorizerId: "ours" } as const,
      })),
    };
    expect(codes(now, { enforce: [] }, attached(signed))).toEqual(["would-open"]);
    expect(codes(now, { enforce: "all" }, attached(signed))).toEqual([]);
  });

  test("nothing that is enforced where it was protected, nor what we deployed ourselves", () => {
    expect(codes(deployedAs("GET /items/0", "AWS_IAM"), { enforce: "all" })).toEqual([]);
    const api = simpleApi("rest", 3);
    const half = { ...deployedAs("GET /items/0", "CUSTOM"), authorizers: [ours] };
    expect(codes(half, { exclude: ["GET /items/0"] }, attached(api))).toEqual([]);
  });

  test("no stack-owned API that was accepted before, or is now", () => {
    const owned = { ...rest, stack: "orders" };
    expect(codes(owned, { acceptDrift: true })).toEqual([]);
    expect(codes(owned, {}, attached(owned))).toEqual([]);
    expect(warned(owned, { acceptDrift: true })).toContain("drift");
  });
});

describe("warns of", () => {
  const rest = simpleApi("rest", 2);
  const any = [route("ANY /{proxy+}")];
  const ten = Array.from({ length: 10 }, (_, at) => ({ ...pool, id: `${at}`, name: `${at}` }));
  const served = (key: string) => ({ [key]: { type: "NONE", apiKeyRequired: false } as const });
  test.each<[string, ApiState, Partial<AttachOptions>]>([
    ["mtls-bypass", { ...rest, mutualTlsDomains: ["api.example.com"] }, {}],
    ["authorizer-limit", { ...rest, authorizers: ten }, {}],
    ["responses-shared", { ...rest, routes: [...rest.routes, route("GET /aws", { type: "AWS_IAM" })] }, {}],
    [
      "authorizer-faulty",
      {
        ...rest,
        authorizers: [{ ...ours, id: "own", name: "own", ttlSeconds: 300 }],
        routes: [...rest.routes, route("GET /own", { type: "CUSTOM", authorizerId: "own" })],
      },
      {},
    ],
    ["private", { ...rest, endpointTypes: ["PRIVATE"] }, {}],
    ["edge", { ...rest, endpointTypes: ["EDGE"] }, {}],
    ["connect-only", simpleApi("websocket", 0), {}],
    ["response-cache", { ...rest, stages: [stage("prod", { deploymentId: "d0", cacheEnabled: true })] }, {}],
    ["enforcing", rest, { enforce: "all" }],
    ["segments-unchecked", rest, { enforce: ["billng"] }],
    ["exclusion-unmatched", rest, { exclude: ["GET /heatlh"] }],
    [
      "stage-not-covered",
      { ...rest, stages: [...rest.stages, stage("dev", { deploymentId: "d0" })] },
      { stages: ["prod"] },
    ],
    [
      "preflight-guarded",
      emptyApi("http", { routes: any, stages: [stage("$default", { autoDeploy: true })] }),
      {},
    ],
    ["catch-all", simpleApi("rest", 0, { routes: any }), {}],
    [
      "undeployed-changes",
      { ...rest, stages: [stage("prod", { deploymentId: "d0", deployedRoutes: served("GET /gone") })] },
      {},
    ],
    [
      "responses-kept",
      { ...rest, gatewayResponses: [{ type: "ACCESS_DENIED", parameters: {}, templates: {} }] },
      {},
    ],
    [
      "responses-replaced",
      { ...rest, gatewayResponses: [{ type: "ACCESS_DENIED", parameters: {}, templates: {} }] },
      { replaceGatewayResponses: true },
    ],
    ["unread", { ...rest, unread: [{ part: "mutual-tls-domains", why: "No permission." }] }, {}],
  ])("%s", (code, api, options) => {
    expect(warned(api, options)).toContain(code);
    expect(warned(simpleApi("rest", 2))).not.toContain(code);
  });

  test("no preflight where API Gateway answers it itself, or a route does", () => {
    const api = emptyApi("http", { routes: any, stages: [stage("$default", { autoDeploy: true })] });
    expect(warned({ ...api, corsConfigured: true })).not.toContain("preflight-guarded");
    expect(warned({ ...api, routes: [...any, route("OPTIONS /{proxy+}")] })).not.toContain(
      "preflight-guarded",
    );
  });
});

test("what was enforced before somebody took the authorizer and the mode off comes back enforced", () => {
  const api = simpleApi("rest", 1);
  expect(planned(api, {}, attached(api, { enforce: { prod: "all" } })).stages).toEqual([
    { name: "prod", before: undefined, enforce: "all" },
  ]);
  expect(planned(api, {}, attached(api)).stages[0]?.enforce).toBe("none");
});

test("a stage that asks already and has no mode is left to enforce everything", () => {
  const api = simpleApi("rest", 1);
  const now: ApiState = {
    ...api,
    authorizers: [ours],
    routes: [route("GET /items/0", { type: "CUSTOM", authorizerId: "ours" })],
    stages: [stage("prod", { deploymentId: "d1" })],
    deployments: [...api.deployments, { id: "d1", description: "sallyport attach 0" }],
  };
  const { stages, warnings } = planned(now, {}, attached(api));
  expect(stages).toEqual([{ name: "prod", before: undefined, enforce: undefined }]);
  expect(warnings.map(({ code }) => code)).toContain("all-enforced");
});

describe("a stage that says nothing enforces everything, and the first apply does not open it", () => {
  const byCdk = (functionArn: string) =>
    simpleApi("rest", 0, {
      authorizers: [{ ...ours, id: "cdk", name: "by-cdk", functionArn }],
      routes: [route("GET /guarded", { type: "CUSTOM", authorizerId: "cdk" }), route("GET /open")],
      stages: [
        stage("prod", {
          deploymentId: "d0",
          deployedRoutes: { "GET /guarded": { type: "CUSTOM", apiKeyRequired: false } },
        }),
        stage("test", {
          deploymentId: "d0",
          deployedRoutes: { "GET /guarded": { type: "NONE", apiKeyRequired: false } },
        }),
      ],
    });

  test.each([
    ["by an authorizer of its owner's", FUNCTION_ARN],
    ["by an alias of the function", `${FUNCTION_ARN}:live`],
  ])("where a route asks the function %s", (_, functionArn) => {
    const modes = planned(byCdk(functionArn)).stages.map(({ name, enforce }) => [name, enforce]);
    expect(modes).toEqual([
      ["prod", undefined],
      ["test", "none"],
    ]);
  });

  test("but not for another function", () => {
    const modes = planned(byCdk(`${FUNCTION_ARN}2`)).stages.map(({ name, enforce }) => [name, enforce]);
    expect(modes).toEqual([
      ["prod", "none"],
      ["test", "none"],
    ]);
  });
});

test("nothing is to be done where the owner's own code has attached every route, unless a mode is asked for", () => {
  const api = simpleApi("rest", 0, {
    authorizers: [{ ...ours, id: "cdk", name: "by-cdk" }],
    routes: [route("GET /there", { type: "CUSTOM", authorizerId: "cdk" }), route("OPTIONS /there")],
  });
  expect(planned(api)).toMatchObject({ steps: [], refusals: [] });
  expect(planned(api, { enforce: ["billing"] }).steps).toEqual([
    { do: "set-enforcement", stage: "prod", value: "billing" },
  ]);
});
