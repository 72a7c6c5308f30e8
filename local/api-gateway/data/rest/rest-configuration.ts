import type { EpochMs, Now } from "../../../../domain/time.ts";
import { createAuthorizerCaches } from "../authorizer-cache.ts";
import { drawId } from "../drawn-id.ts";
import {
  type GatewayResource,
  isRecord,
  isTrue,
  optionalText,
  requiredText,
  textMap,
} from "../gateway-resource.ts";
import type { LiveRestApi } from "./rest-api.ts";
import type { RestAuthorization } from "./rest-authorizer.ts";
import { type RestApi, readRestApi } from "./rest-definition.ts";

/** A snapshot of an API at deployment; only its description can change. */
export interface RestDeployment {
  readonly id: string;
  description: string | undefined;
  readonly createdAt: EpochMs;
  /** Does not include stages */
  readonly definition: RestApi;
}

export interface RestCanary {
  deploymentId: string;
  /** 0 to 100 */
  percent: number;
  /** Overrides the stage's variables */
  variables: Readonly<Record<string, string>>;
  useStageCache: boolean;
}

/** The current state of a stage. Every change but the deployment takes effect at once. */
export interface RestStageState {
  readonly name: string;
  deploymentId: string;
  description: string | undefined;
  variables: Readonly<Record<string, string>>;
  canary: RestCanary | undefined;
  cacheClusterEnabled: boolean;
  cacheClusterSize: string | undefined;
  tracingEnabled: boolean;
  /** By `<resource path>/<HTTP method>`, as in the API's responses */
  methodSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  tags: Readonly<Record<string, string>>;
  readonly createdAt: EpochMs;
  updatedAt: EpochMs;
  /** Requests that the stage has served while it had this canary */
  asked: number;
}

/** One REST API: its working configuration, its deployments, and its stages. */
export interface RestConfiguration extends LiveRestApi {
  readonly kind: "rest";
  readonly apiId: string;
  readonly name: string;
  /** With CloudFormation's property names */
  api: GatewayResource;
  readonly rootResourceId: string;
  readonly createdAt: EpochMs;
  tags: Readonly<Record<string, string>>;
  /**
   * Resources, methods, authorizers, gateway responses and validators by logical id, with
   * CloudFormation's property names
   */
  readonly parts: Map<string, GatewayResource>;
  readonly stages: Map<string, RestStageState>;
  readonly deployments: Map<string, RestDeployment>;
  /** Copies the configuration into a new deployment. Throws a GatewayBootError if it is invalid. */
  readonly deploy: (description: string | undefined) => RestDeployment;
  readonly createStage: (name: string, deploymentId: string) => RestStageState;
}

const PART = /^AWS::ApiGateway::(?:Resource|Method|Authorizer|GatewayResponse|RequestValidator)$/;

/**
 * Opens a REST API of a template: every stage and deployment serves the template's configuration.
 * Throws a GatewayBootError.
 */
export function openRestApi(
  api: GatewayResource,
  all: readonly GatewayResource[],
  now: Now,
  tags: Readonly<Record<string, string>> = {},
): RestConfiguration {
  const first = readRestApi(api, all);
  const own = all.filter(({ properties }) => properties.RestApiId === api.physicalId);
  const stageResources = own.filter(({ type }) => type === "AWS::ApiGateway::Stage");
  const parts = new Map(own.filter(({ type }) => PART.test(type)).map((part) => [part.logicalId, part]));
  const deployments = new Map<string, RestDeployment>();
  const stages = new Map<string, RestStageState>();
  const stated = own.filter(({ type }) => type === "AWS::ApiGateway::Deployment");
  for (const id of [
    ...stated.map(({ physicalId }) => physicalId),
    ...first.stages.map((s) => s.deploymentId),
  ]) {
    const resource = stated.find(({ physicalId }) => physicalId === id);
    const description = resource === undefined ? undefined : optionalText(resource, "Description");
    deployments.set(id, { id, description, createdAt: now(), definition: first });
  }
  const configuration: RestConfiguration = {
    kind: "rest",
    apiId: api.physicalId,
    name: first.name,
    api,
    rootResourceId: rootOf(own),
    createdAt: now(),
    tags: { ...tagsOf(api), ...tags },
    parts,
    stages,
    deployments,
    caches: createAuthorizerCaches<RestAuthorization>(now),
    definitionFor: ({ path }) => {
      const stage = stages.get(path.split("/", 2)[1] ?? "");
      if (stage === undefined) return { ...first, stages: [] };
      const { deploymentId, variables } = takeTurn(stage);
      const definition = deployments.get(deploymentId)?.definition ?? first;
      return { ...definition, stages: [{ name: stage.name, deploymentId, variables }] };
    },
    deploy: (description) => {
      const definition = readRestApi(configuration.api, [...parts.values(), ...stageResources]);
      const deployment = { id: drawId(6), description, createdAt: now(), definition };
      deployments.set(deployment.id, deployment);
      return deployment;
    },
    createStage: (name, deploymentId) => {
      const stage = newStage(name, deploymentId, now());
      stages.set(name, stage);
      return stage;
    },
  };
  for (const resource of stageResources) {
    const stage = configuration.createStage(
      requiredText(resource, "StageName"),
      optionalText(resource, "DeploymentId") ?? "",
    );
    readStageSettings(stage, resource, first);
  }
  return configuration;
}

/**
 * The deployment and the variables of the next request. The canary serves its percentage of every
 * hundred consecutive requests, spread evenly: API Gateway chooses at random, which would make
 * tests unreliable.
 */
function takeTurn(stage: RestStageState): Pick<RestStageState, "deploymentId" | "variables"> {
  const { canary } = stage;
  if (canary === undefined) return stage;
  const share = canary.percent / 100;
  const before = Math.floor(stage.asked * share + 1e-9);
  stage.asked += 1;
  if (Math.floor(stage.asked * share + 1e-9) === before) return stage;
  return { deploymentId: canary.deploymentId, variables: { ...stage.variables, ...canary.variables } };
}

function newStage(name: string, deploymentId: string, at: EpochMs): RestStageState {
  return {
    name,
    deploymentId,
    description: undefined,
    variables: {},
    canary: undefined,
    cacheClusterEnabled: false,
    cacheClusterSize: undefined,
    tracingEnabled: false,
    methodSettings: {},
    tags: {},
    createdAt: at,
    updatedAt: at,
    asked: 0,
  };
}

function readStageSettings(stage: RestStageState, resource: GatewayResource, definition: RestApi): void {
  stage.variables = definition.stages.find(({ name }) => name === stage.name)?.variables ?? {};
  stage.description = optionalText(resource, "Description");
  stage.cacheClusterEnabled = isTrue(resource, "CacheClusterEnabled");
  stage.cacheClusterSize = optionalText(resource, "CacheClusterSize");
  stage.tracingEnabled = isTrue(resource, "TracingEnabled");
  stage.tags = tagsOf(resource);
  const canary = resource.properties.CanarySetting;
  if (isRecord(canary))
    stage.canary = {
      deploymentId: String(canary.DeploymentId ?? stage.deploymentId),
      percent: Number(canary.PercentTraffic ?? 0),
      variables: textMap(resource, "StageVariableOverrides", canary),
      useStageCache: canary.UseStageCache === true,
    };
  const settings = resource.properties.MethodSettings;
  for (const setting of Array.isArray(settings) ? settings.filter(isRecord) : []) {
    const { ResourcePath = "/*", HttpMethod = "*", ...rest } = setting;
    // As in the API's responses: no slash before the path, and ~1 for slashes within it.
    const path = String(ResourcePath).replace(/^\//, "").replaceAll("/", "~1");
    const named = Object.entries(rest).map(([name, value]) => [
      `${name[0]?.toLowerCase()}${name.slice(1)}`,
      value,
    ]);
    stage.methodSettings = {
      ...stage.methodSettings,
      [`${path === "*" ? "*" : path}/${String(HttpMethod)}`]: Object.fromEntries(named),
    };
  }
}

/** The root is the only resource that a template does not declare. */
function rootOf(own: readonly GatewayResource[]): string {
  const known = new Set(own.map(({ physicalId }) => physicalId));
  for (const { properties } of own) {
    const parent = properties.ParentId ?? properties.ResourceId;
    if (typeof parent === "string" && !known.has(parent)) return parent;
  }
  return drawId(10);
}

export function tagsOf(resource: GatewayResource): Readonly<Record<string, string>> {
  const { Tags } = resource.properties;
  if (isRecord(Tags)) return Object.fromEntries(Object.entries(Tags).map(([k, v]) => [k, String(v)]));
  const list = Array.isArray(Tags) ? Tags.filter(isRecord) : [];
  return Object.fromEntries(list.map(({ Key, Value }) => [String(Key), String(Value)]));
}
