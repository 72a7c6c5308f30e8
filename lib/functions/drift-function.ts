import { Duration, Stack, Token } from "aws-cdk-lib";
import { Schedule } from "aws-cdk-lib/aws-events";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { ENV } from "../../contract/environment.ts";
import { METRIC } from "../../contract/metrics.ts";
import { ATTACHMENTS_PARTITION, DRIFT_PARTITION } from "../../contract/table.ts";
import { acknowledge } from "../acknowledge.ts";
import type { RiskTable } from "../storage/risk-table.ts";
import { BusConsumer, type BusConsumerOptions } from "./bus-consumer.ts";
import type { NodeFunction } from "./node-function.ts";

/** What the drift check is made with. */
export interface DriftFunctionProps extends BusConsumerOptions {
  /** The table in which `sallyport attach` records attached APIs. */
  readonly riskTable: RiskTable;
  /** The queue that findings are handed to. */
  readonly findingsQueue: IQueue;
  /**
   * How often attached APIs are checked.
   * @default Duration.hours(1)
   */
  readonly interval?: Duration;
}

/**
 * A function that checks the attached APIs of its account and Region. It reports each API that
 * is no longer as it was attached as a finding, and archives the finding once the API is fixed.
 * APIs of other accounts or Regions that are recorded in the same table are not checked; the log
 * counts them.
 */
export class DriftFunction extends BusConsumer {
  constructor(scope: Construct, id: string, props: DriftFunctionProps) {
    super(scope, id, {
      ...props,
      name: "drift",
      description: "Sallyport: checks attached APIs for drift",
      deadLetters: "Checks of attached APIs that failed",
      memorySize: props.memorySize ?? 256,
      // API Gateway's control plane takes ten calls a second, so that hundreds of stages take
      // minutes.
      timeout: Duration.minutes(15),
      rule: {
        id: "Schedule",
        description: "Sallyport: checks attached APIs for drift",
        schedule: Schedule.rate(props.interval ?? Duration.hours(1)),
        retryAttempts: 2,
      },
      environment: {
        [ENV.tableName]: props.riskTable.table.tableName,
        [ENV.findingsQueueUrl]: props.findingsQueue.queueUrl,
      },
      says: {
        errors: "The drift function failed; attached APIs are not checked meanwhile",
        throttles: "The drift function lacked concurrency; attached APIs are not checked meanwhile",
      },
      alarms: {
        UncheckedAlarm: {
          metric: METRIC.driftFailures,
          says: "An attached API could not be checked for drift",
        },
      },
    });
    props.riskTable.grant(this.nodeFunction, ["dynamodb:Query"], ATTACHMENTS_PARTITION);
    props.riskTable.grant(
      this.nodeFunction,
      ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      DRIFT_PARTITION,
    );
    this.grantSend(props.findingsQueue);
    this.#letReadApis(this.nodeFunction);
  }

  /**
   * Which APIs will be attached is not known at deployment, so it may read the configuration of
   * all.
   */
  #letReadApis(node: NodeFunction): void {
    const { partition, region, account } = Stack.of(this);
    const may = (action: string, owner: string, paths: readonly string[]) => {
      // Not by formatArn: it has no form for a path that is of one part here and of many there.
      const resources = paths.map((path) => `arn:${partition}:apigateway:${region}:${owner}:${path}`);
      node.role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
      const place = [
        shown(partition, "Partition"),
        "apigateway",
        shown(region, "Region"),
        shown(owner, "AccountId"),
      ].join(":");
      acknowledge(
        node.role,
        ...paths
          .filter((path) => path.includes("*"))
          .map((path) => ({
            id: `AwsSolutions-IAM5[Resource::arn:${place}:${path}]`,
            reason:
              "Which APIs will be attached is not known at deployment; the function may only read their configuration.",
          })),
      );
    };
    may("apigateway:GET", "", ["/restapis/*", "/apis/*", "/domainnames", "/domainnames/*"]);
    may("apigateway:ListRoutingRules", account, ["/domainnames/*/routingrules/*"]);
  }
}

/** As cdk-nag writes what is known at deployment only. */
const shown = (value: string, parameter: string): string =>
  Token.isUnresolved(value) ? `<AWS::${parameter}>` : value;
