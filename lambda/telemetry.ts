import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { METRIC_NAMESPACE, type MetricName } from "../contract/metrics.ts";

export type MetricSample = {
  readonly name: MetricName;
  readonly value: number;
  readonly unit: "Count" | "Milliseconds" | "None";
  readonly dimensions?: Readonly<Record<string, string>>;
};

/** What a shell tells the outside about its work: structured JSON lines and embedded metrics, both on stdout. */
export interface Telemetry {
  readonly logger: Logger;
  /** Emits one sample as a line of its own, so that samples of one invocation may differ in their dimensions. */
  readonly measure: (sample: MetricSample) => void;
}

export function createTelemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  return {
    logger,
    measure: ({ name, value, unit, dimensions }) => {
      const single = metrics.singleMetric();
      for (const [key, dimension] of Object.entries(dimensions ?? {})) single.addDimension(key, dimension);
      single.addMetric(name, unit === "None" ? MetricUnit.NoUnit : MetricUnit[unit], value);
    },
  };
}
