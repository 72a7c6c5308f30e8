import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { METRIC_NAMESPACE, type MetricName } from "../contract/metrics.ts";
import type { ServiceName } from "../contract/service.ts";

const PERIOD = Duration.minutes(5);

/** Raises an alarm as soon as the metric's sum over five minutes reaches one. Silence means that all is well. */
export function alarmOnAny(
  scope: Construct,
  id: string,
  metric: IMetric,
  says: string,
  actions: readonly IAlarmAction[],
): Alarm {
  const alarm = new Alarm(scope, id, {
    metric,
    alarmDescription: says,
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(...actions);
  return alarm;
}

/** A count that a function emits without further dimensions. */
export function functionMetric(service: ServiceName, metricName: MetricName): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service },
    statistic: Stats.SUM,
    period: PERIOD,
  });
}

/** The period over which alarms sum. */
export const ALARM_WINDOW = { period: PERIOD, statistic: Stats.SUM } as const;
