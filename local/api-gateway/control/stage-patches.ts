import type { RestCanary, RestConfiguration, RestStageState } from "../data/rest/rest-configuration.ts";
import { badRequest } from "./control-failure.ts";
import { type PatchRules, truth } from "./patch.ts";
import { deploymentOf } from "./rest-lookup.ts";
import { checkVariables } from "./stage-variables.ts";

type Rule = readonly [path: string, rules: PatchRules];

/**
 * Applies the patch operations that UpdateStage accepts to `stage`.
 * @see API Gateway API reference, "Patch operations", UpdateStage
 */
export function stageRules(api: RestConfiguration, stage: RestStageState): readonly Rule[] {
  const setVariable = (value: string, _: unknown, [, name = ""]: readonly string[]): void => {
    stage.variables = { ...stage.variables, ...checkVariables({ [name]: value }) };
  };
  return [
    [
      "/deploymentId",
      {
        replace: (value) => {
          stage.deploymentId = deploymentOf(api, value).id;
        },
        copy: (_, { from }) => {
          if (from !== "/canarySettings/deploymentId")
            throw badRequest(`Invalid patch from path ${String(from)}`);
          stage.deploymentId = canaryOf(stage).deploymentId;
        },
      },
    ],
    [
      "/description",
      {
        replace: (value) => {
          stage.description = value;
        },
      },
    ],
    [
      "/variables",
      {
        copy: (_, { from }) => {
          if (from !== "/canarySettings/stageVariableOverrides")
            throw badRequest(`Invalid patch from path ${String(from)}`);
          stage.variables = { ...stage.variables, ...canaryOf(stage).variables };
        },
      },
    ],
    [
      "/variables/*",
      {
        add: setVariable,
        replace: setVariable,
        remove: (_, { path }, [, name = ""]) => {
          if (!Object.hasOwn(stage.variables, name)) throw badRequest(`Invalid patch path ${path}`);
          const { [name]: __, ...rest } = stage.variables;
          stage.variables = rest;
        },
      },
    ],
    [
      "/cacheClusterEnabled",
      {
        replace: (value, patch) => {
          stage.cacheClusterEnabled = truth(value, patch);
          if (stage.cacheClusterEnabled) stage.cacheClusterSize ??= "0.5";
        },
      },
    ],
    [
      "/cacheClusterSize",
      {
        replace: (value) => {
          stage.cacheClusterSize = value;
        },
      },
    ],
    [
      "/tracingEnabled",
      {
        replace: (value, patch) => {
          stage.tracingEnabled = truth(value, patch);
        },
      },
    ],
    ...canaryRules(api, stage),
    ...Object.entries(METHOD_SETTINGS).map(
      ([path, [member, read]]): Rule => [
        `/*/*/${path}`,
        {
          replace: (value, patch, [resource = "", method = ""]) => {
            const key = `${resource.replaceAll("/", "~1")}/${method}`;
            const setting = { ...stage.methodSettings[key], [member]: read(value, patch) };
            stage.methodSettings = { ...stage.methodSettings, [key]: setting };
          },
        },
      ],
    ),
    [
      "/*/*",
      {
        remove: (_, __, [resource = "", method = ""]) => {
          const { [`${resource.replaceAll("/", "~1")}/${method}`]: ___, ...rest } = stage.methodSettings;
          stage.methodSettings = rest;
        },
      },
    ],
  ];
}

function canaryRules(api: RestConfiguration, stage: RestStageState): readonly Rule[] {
  const change = (part: Partial<RestCanary>): void => {
    const fresh = { deploymentId: stage.deploymentId, percent: 0, variables: {}, useStageCache: false };
    stage.canary = { ...(stage.canary ?? fresh), ...part };
  };
  const setOverride = (value: string, _: unknown, [, , name = ""]: readonly string[]): void =>
    change({ variables: { ...stage.canary?.variables, ...checkVariables({ [name]: value }) } });
  return [
    [
      "/canarySettings",
      {
        remove: () => {
          canaryOf(stage);
          stage.canary = undefined;
        },
      },
    ],
    [
      "/canarySettings/deploymentId",
      { replace: (value) => change({ deploymentId: deploymentOf(api, value).id }) },
    ],
    [
      "/canarySettings/percentTraffic",
      {
        replace: (value) => {
          const percent = Number(value);
          if (value.trim() === "" || !(percent >= 0 && percent <= 100))
            throw badRequest("Invalid canary settings: percentTraffic must be from 0.0 to 100.0");
          change({ percent });
        },
      },
    ],
    [
      "/canarySettings/useStageCache",
      { replace: (value, patch) => change({ useStageCache: truth(value, patch) }) },
    ],
    [
      "/canarySettings/stageVariableOverrides/*",
      {
        add: setOverride,
        replace: setOverride,
        remove: (_, __, [, , name = ""]) => {
          const { [name]: ___, ...variables } = canaryOf(stage).variables;
          change({ variables });
        },
      },
    ],
  ];
}

function canaryOf({ canary }: RestStageState): RestCanary {
  if (canary === undefined) throw badRequest("Invalid patch path: the stage has no canary settings");
  return canary;
}

/** The member of the stage's method settings that `/{resource path}/{HTTP method}/…` sets. */
const METHOD_SETTINGS: Readonly<
  Record<
    string,
    readonly [member: string, read: (value: string, patch: Parameters<typeof truth>[1]) => unknown]
  >
> = {
  "metrics/enabled": ["metricsEnabled", truth],
  "logging/loglevel": ["loggingLevel", String],
  "logging/dataTrace": ["dataTraceEnabled", truth],
  "throttling/burstLimit": ["throttlingBurstLimit", Number],
  "throttling/rateLimit": ["throttlingRateLimit", Number],
  "caching/enabled": ["cachingEnabled", truth],
  "caching/ttlInSeconds": ["cacheTtlInSeconds", Number],
  "caching/dataEncrypted": ["cacheDataEncrypted", truth],
};
