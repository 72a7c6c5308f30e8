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
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { deploymentDimensions, METRIC_NAMESPACE, type MetricName } from "../../contract/metrics.ts";
import type { ServiceName } from "../../contract/service.ts";

const PERIOD = Duration.minutes(5);

/**
 * When an alarm is raised: the metric reaches `threshold` in `periods` periods of the last `of`.
 */
interface Bound {
  readonly threshold: number;
  readonly periods: number;
  readonly of: number;
}

const AT_ONCE: Bound = { threshold: 1, periods: 1, of: 1 };

/**
 * Raises an alarm; by default as soon as the metric reaches one in a period. Silence means that all
 * is well.
 */
export function alarmOn(
  scope: Construct,
  id: string,
  metric: IMetric,
  says: string,
  actions: readonly IAlarmAction[],
  { threshold, periods, of }: Bound = AT_ONCE,
): void {
  const alarm = new Alarm(scope, id, {
    metric,
    alarmDescription: says,
    threshold,
    evaluationPeriods: of,
    datapointsToAlarm: periods,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(...actions);
}

/**
 * Raises an alarm when the function fails, and one when Lambda does not run it for want of
 * concurrency.
 */
export function alarmOnFailures(
  scope: Construct,
  lambda: IFunction,
  says: { readonly errors: string; readonly throttles: string },
  actions: readonly IAlarmAction[],
): void {
  const window = { period: PERIOD, statistic: Stats.SUM };
  alarmOn(scope, "ErrorsAlarm", lambda.metricErrors(window), says.errors, actions);
  alarmOn(scope, "ThrottlesAlarm", lambda.metricThrottles(window), says.throttles, actions);
}

/** A count that a function of the deployment emits without further dimensions. */
export function functionMetric(
  service: ServiceName,
  metricName: MetricName,
  deployment: string | undefined,
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service, ...deploymentDimensions(deployment) },
    statistic: Stats.SUM,
    period: PERIOD,
  });
}
