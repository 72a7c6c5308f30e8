import type { ApiState, RouteState } from "../../../domain/attach/api-state.ts";
import { ATTACHMENT_VERSION, type Attachment } from "../../../domain/attach/attachment.ts";
import { emptyApi } from "./random-api.ts";

export const FUNCTION_ARN = "arn:aws:lambda:eu-central-1:111122223333:function:sallyport";
export const NOW = Date.parse("2026-11-21T12:00:00.000Z");

export const route = (key: string, change: Partial<RouteState> = {}): RouteState => ({
  key,
  id: `id-${key}`,
  authorization: { type: "CUSTOM", authorizerId: "auth1" },
  apiKeyRequired: false,
  ...change,
});

/** A REST API as attaching leaves it: two guarded routes, one open preflight, one stage. */
export function attachedApi(change: Partial<ApiState> = {}): ApiState {
  return emptyApi("rest", {
    id: "a1b2c3d4e5",
    accountId: "111122223333",
    routes: [
      route("GET /orders"),
      route("POST /orders"),
      route("OPTIONS /orders", { authorization: { type: "NONE" } }),
    ],
    authorizers: [
      {
        id: "auth1",
        name: "sallyport",
        type: "REQUEST",
        functionArn: FUNCTION_ARN,
        ttlSeconds: 0,
        identitySources: [],
      },
    ],
    stages: [stage("prod")],
    deployments: [{ id: "dep2", description: "sallyport attach" }],
    ...change,
  });
}

export const stage = (name: string, change: Partial<ApiState["stages"][number]> = {}) => ({
  name,
  deploymentId: "dep2",
  variables: { sallyport_enforce: "all" },
  autoDeploy: false,
  cacheEnabled: false,
  deployedRoutes: {
    "GET /orders": { type: "CUSTOM", apiKeyRequired: false },
    "POST /orders": { type: "CUSTOM", apiKeyRequired: false },
    "OPTIONS /orders": { type: "NONE", apiKeyRequired: false },
  } as const,
  ...change,
});

export function attachmentOf(api: ApiState, change: Partial<Attachment> = {}): Attachment {
  const open = { type: "NONE" } as const;
  return {
    version: ATTACHMENT_VERSION,
    address: { accountId: api.accountId, region: api.region, apiId: api.id },
    kind: api.kind,
    name: api.name,
    functionArn: FUNCTION_ARN,
    stages: ["prod"],
    excluded: [],
    guarded: ["GET /orders", "POST /orders"],
    enforce: { prod: "all" },
    status: "attached",
    updatedAt: "2026-11-20T12:00:00.000Z",
    snapshot: {
      version: ATTACHMENT_VERSION,
      takenAt: "2026-11-20T11:00:00.000Z",
      digest: "",
      api: {
        ...api,
        routes: api.routes.map((one) => ({ ...one, authorization: open })),
        authorizers: [],
        stages: [stage("prod", { deploymentId: "dep1", variables: {} })],
        deployments: [{ id: "dep1", description: "" }],
      },
    },
    ...change,
  };
}
