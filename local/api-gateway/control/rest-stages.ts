import type { Now } from "../../../domain/time.ts";
import { isRecord } from "../data/gateway-resource.ts";
import type { RestCanary, RestConfiguration, RestStageState } from "../data/rest/rest-configuration.ts";
import { badRequest } from "./control-failure.ts";
import { type ControlRequest, flag, label, type Operation, requiredText, text, texts } from "./operation.ts";
import { applyPatches, readPatches } from "./patch.ts";
import { deploymentOf, type RestApis, stageOf } from "./rest-lookup.ts";
import { restWriter } from "./rest-operation.ts";
import { deploymentShape, stageShape } from "./rest-shapes.ts";
import { stageRules } from "./stage-patches.ts";
import { checkVariables } from "./stage-variables.ts";

/** Deployments and stages of REST APIs: they decide which configuration serves a request. */
export function restStages(apis: RestApis, now: Now): readonly Operation[] {
  const write = restWriter(apis);
  return [
    write("CreateDeployment", ["POST", 201], "/deployments", (api, request) =>
      createDeployment(api, request, now),
    ),
    write("UpdateDeployment", ["PATCH", 200], "/deployments/{deploymentId}", updateDeployment),
    write("DeleteDeployment", ["DELETE", 202], "/deployments/{deploymentId}", deleteDeployment),
    write("CreateStage", ["POST", 201], "/stages", createStage),
    write("UpdateStage", ["PATCH", 200], "/stages/{stageName}", (api, request) =>
      updateStage(api, request, now),
    ),
    write("DeleteStage", ["DELETE", 202], "/stages/{stageName}", (api, request) => {
      api.stages.delete(stageOf(api, label(request, "stageName")).name);
    }),
    write(
      "FlushStageAuthorizersCache",
      ["DELETE", 202],
      "/stages/{stageName}/cache/authorizers",
      (api, request) => api.caches.flush(stageOf(api, label(request, "stageName")).name),
    ),
  ];
}

function createDeployment(api: RestConfiguration, request: ControlRequest, now: Now): unknown {
  const stageName = text(request, "stageName");
  const variables = checkVariables(texts(request, "variables") ?? {});
  const canary = readCanary(request);
  const stage = stageName === undefined ? undefined : api.stages.get(stageName);
  if (canary !== undefined && stage === undefined)
    throw badRequest("Deployment canary settings are only valid for an existing stage");
  if (stage?.canary !== undefined)
    throw badRequest(`Stage ${stage.name} has a canary: promote or remove it, or update the stage`);
  const deployment = api.deploy(text(request, "description"));
  if (stageName === undefined) return deploymentShape(deployment, false);
  const target = stage ?? api.createStage(stageName, deployment.id);
  if (canary === undefined) target.deploymentId = deployment.id;
  else Object.assign(target, { canary: { ...canary, deploymentId: deployment.id }, asked: 0 });
  const description = text(request, "stageDescription");
  if (description !== undefined) target.description = description;
  target.variables = { ...target.variables, ...variables };
  target.updatedAt = now();
  return deploymentShape(deployment, false);
}

function readCanary({ body }: ControlRequest): Omit<RestCanary, "deploymentId"> | undefined {
  const settings = body.canarySettings;
  if (settings === undefined || settings === null) return undefined;
  if (!isRecord(settings)) throw badRequest("Invalid canary settings");
  const percent = settings.percentTraffic ?? 0;
  if (typeof percent !== "number" || percent < 0 || percent > 100)
    throw badRequest("Invalid canary settings: percentTraffic must be from 0.0 to 100.0");
  return {
    percent,
    variables: checkVariables(texts({ body: settings }, "stageVariableOverrides") ?? {}),
    useStageCache: flag({ body: settings }, "useStageCache") ?? false,
  };
}

function updateDeployment(api: RestConfiguration, request: ControlRequest): unknown {
  const deployment = deploymentOf(api, label(request, "deploymentId"));
  applyPatches(readPatches(request), [
    [
      "/description",
      {
        replace: (value) => {
          deployment.description = value;
        },
      },
    ],
  ]);
  return deploymentShape(deployment, false);
}

function deleteDeployment(api: RestConfiguration, request: ControlRequest): undefined {
  const { id } = deploymentOf(api, label(request, "deploymentId"));
  const active = [...api.stages.values()].some((s) => s.deploymentId === id || s.canary?.deploymentId === id);
  if (active) throw badRequest("Active stages pointing to this deployment must be moved or deleted");
  api.deployments.delete(id);
}

function createStage(api: RestConfiguration, request: ControlRequest): unknown {
  const name = requiredText(request, "stageName");
  if (!/^\w{1,128}$/.test(name)) throw badRequest("Stage name only allows a-zA-Z0-9_");
  const deployment = deploymentOf(api, requiredText(request, "deploymentId"));
  const variables = checkVariables(texts(request, "variables") ?? {});
  if (api.stages.has(name)) throw badRequest("Stage already exists");
  const stage = api.createStage(name, deployment.id);
  const settings: Partial<RestStageState> = { variables, description: text(request, "description") };
  Object.assign(stage, settings, { tags: texts(request, "tags") ?? {} });
  return stageShape(stage);
}

function updateStage(api: RestConfiguration, request: ControlRequest, now: Now): unknown {
  const stage = stageOf(api, label(request, "stageName"));
  // Patch a copy, so that a refused operation also undoes those before it.
  const draft: RestStageState = { ...stage, canary: stage.canary && { ...stage.canary } };
  applyPatches(readPatches(request), stageRules(api, draft));
  if (draft.canary?.deploymentId !== stage.canary?.deploymentId) draft.asked = 0;
  Object.assign(stage, draft, { updatedAt: now() });
  return stageShape(stage);
}
