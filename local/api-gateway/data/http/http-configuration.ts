import type { EpochMs, Now } from "../../../../domain/time.ts";
import { createAuthorizerCaches } from "../authorizer-cache.ts";
import { drawId } from "../drawn-id.ts";
import { type GatewayResource, isTrue, optionalText, requiredText, textMap } from "../gateway-resource.ts";
import { tagsOf } from "../rest/rest-configuration.ts";
import type { LiveHttpApi } from "./http-api.ts";
import type { HttpAuthorization } from "./http-authorizer.ts";
import { type HttpRoute, readHttpApi, readHttpRoutes } from "./http-definition.ts";

export interface HttpDeployment {
  readonly id: string;
  readonly description: string | undefined;
  readonly createdAt: EpochMs;
  readonly autoDeployed: boolean;
  /** Empty for a WebSocket API, which the laptop configures but does not serve */
  readonly routes: readonly HttpRoute[];
}

/** The current state of a stage. Every change but the deployment takes effect at once. */
export interface HttpStageState {
  readonly name: string;
  deploymentId: string | undefined;
  description: string | undefined;
  autoDeploy: boolean;
  variables: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  readonly createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** One HTTP or WebSocket API: its working configuration, its deployments, and its stages. */
export interface HttpConfiguration extends LiveHttpApi {
  readonly kind: "http" | "websocket";
  readonly apiId: string;
  readonly name: string;
  /** With CloudFormation's property names */
  api: GatewayResource;
  readonly createdAt: EpochMs;
  tags: Readonly<Record<string, string>>;
  /** Routes, integrations and authorizers by logical id, with CloudFormation's property names */
  readonly parts: Map<string, GatewayResource>;
  readonly stages: Map<string, HttpStageState>;
  readonly deployments: Map<string, HttpDeployment>;
  /** Copies the configuration into a new deployment. Throws a GatewayBootError if it is invalid. */
  readonly deploy: (description: string | undefined, autoDeployed: boolean) => HttpDeployment;
  /** Throws a GatewayBootError if the configuration could not be deployed. */
  readonly check: () => void;
  /**
   * Deploys to the stages with auto deploy; called after each change. Throws a GatewayBootError,
   * with nothing deployed.
   */
  readonly changed: () => void;
}

const PART = /^AWS::ApiGatewayV2::(?:Route|Integration|Authorizer)$/;

/**
 * Opens an HTTP or WebSocket API of a template: every stage serves the template's configuration.
 * Throws a GatewayBootError.
 */
export function openHttpApi(
  api: GatewayResource,
  all: readonly GatewayResource[],
  now: Now,
  tags: Readonly<Record<string, string>> = {},
): HttpConfiguration {
  const kind = optionalText(api, "ProtocolType") === "WEBSOCKET" ? "websocket" : "http";
  const first = kind === "http" ? readHttpApi(api, all) : undefined;
  const own = all.filter(({ properties }) => properties.ApiId === api.physicalId);
  const parts = new Map(own.filter(({ type }) => PART.test(type)).map((part) => [part.logicalId, part]));
  const stages = new Map<string, HttpStageState>();
  const deployments = new Map<string, HttpDeployment>();
  const routesNow = (): readonly HttpRoute[] =>
    kind === "http" ? readHttpRoutes(configuration.api, [...parts.values()]) : [];
  const configuration: HttpConfiguration = {
    kind,
    apiId: api.physicalId,
    name: optionalText(api, "Name") ?? api.logicalId,
    api,
    createdAt: now(),
    tags: { ...tagsOf(api), ...tags },
    parts,
    stages,
    deployments,
    caches: createAuthorizerCaches<HttpAuthorization>(now),
    definition: () => {
      if (first === undefined) throw new Error("WebSocket APIs are not served on the laptop");
      const deployed = [...stages.values()].map(({ name, variables, deploymentId = "" }) => ({
        name,
        variables,
        routes: deployments.get(deploymentId)?.routes ?? [],
      }));
      return { ...first, stages: deployed };
    },
    deploy: (description, autoDeployed) => {
      const deployment = { id: drawId(6), description, createdAt: now(), autoDeployed, routes: routesNow() };
      deployments.set(deployment.id, deployment);
      return deployment;
    },
    check: () => {
      routesNow();
    },
    changed: () => {
      const following = [...stages.values()].filter(({ autoDeploy }) => autoDeploy);
      if (following.length === 0) return;
      const { id } = configuration.deploy(
        "Automatic deployment triggered by changes to the Api configuration",
        true,
      );
      for (const stage of following) Object.assign(stage, { deploymentId: id, updatedAt: now() });
      const used = new Set([...stages.values()].map(({ deploymentId }) => deploymentId));
      for (const { id: old, autoDeployed } of [...deployments.values()])
        if (autoDeployed && !used.has(old)) deployments.delete(old);
    },
  };
  for (const deployment of own.filter(({ type }) => type === "AWS::ApiGatewayV2::Deployment")) {
    const { physicalId: id } = deployment;
    const description = optionalText(deployment, "Description");
    deployments.set(id, { id, description, createdAt: now(), autoDeployed: false, routes: routesNow() });
  }
  for (const resource of own.filter(({ type }) => type === "AWS::ApiGatewayV2::Stage")) {
    const name = requiredText(resource, "StageName");
    const autoDeploy = isTrue(resource, "AutoDeploy");
    const stated = optionalText(resource, "DeploymentId");
    const deploymentId = stated ?? (autoDeploy ? configuration.deploy(undefined, true).id : undefined);
    if (stated !== undefined && !deployments.has(stated))
      deployments.set(stated, {
        id: stated,
        description: undefined,
        createdAt: now(),
        autoDeployed: false,
        routes: routesNow(),
      });
    stages.set(name, {
      name,
      deploymentId,
      description: optionalText(resource, "Description"),
      autoDeploy,
      variables: textMap(resource, "StageVariables"),
      tags: tagsOf(resource),
      createdAt: now(),
      updatedAt: now(),
    });
  }
  return configuration;
}
