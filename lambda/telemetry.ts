import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { ENV } from "../contract/environment.ts";
import { deploymentDimensions, METRIC_NAMESPACE, type MetricName } from "../contract/metrics.ts";

export type MetricSample = {
  readonly name: MetricName;
  readonly value: number;
  readonly unit: "Count" | "Milliseconds" | "None";
  readonly dimensions?: Readonly<Record<string, string>>;
};

/**
 * What a shell tells the outside about its work: structured JSON lines and embedded metrics, both
 * on stdout.
 */
export interface Telemetry {
  readonly logger: Logger;
  /**
   * Emits samples as one line with the dimensions of the first, so that lines of one invocation may
   * differ in theirs.
   */
  readonly measure: (...samples: readonly [MetricSample, ...MetricSample[]]) => void;
}

/** @param env read for the name of the deployment, which becomes a dimension of all metrics */
export function createTelemetry(service: string, env: NodeJS.ProcessEnv = process.env): Telemetry {
  const deployment = deploymentDimensions(env[ENV.deployment]);
  const logger = new Logger({ serviceName: service });
  return {
    logger,
    measure: (...samples) => {
      const set = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
      set.addDimensions({ ...deployment, ...samples[0].dimensions });
      for (const { name, value, unit } of samples) {
        set.addMetric(name, unit === "None" ? MetricUnit.NoUnit : MetricUnit[unit], value);
      }
      set.publishStoredMetrics();
    },
  };
}
