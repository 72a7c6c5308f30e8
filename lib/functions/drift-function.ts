import { join } from "node:path";
import { Duration, Stack, Token, Validations } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ENV } from "../../contract/environment.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import { ATTACHMENTS_PARTITION, DRIFT_PARTITION } from "../../contract/table.ts";
import { PACKAGE_ROOT } from "../package-root.ts";
import type { RiskTable } from "../storage/risk-table.ts";
import { alarmOn, alarmOnFailures, functionMetric } from "./alarms.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { type FunctionOptions, NodeFunction } from "./node-function.ts";

export interface DriftFunctionProps extends FunctionOptions {
  /** The table in which `sallyport attach` records attached APIs. */
  readonly riskTable: RiskTable;
  /** The queue that findings are handed to. */
  readonly findingsQueue: IQueue;
  /**
   * How often attached APIs are checked.
   * @default Duration.hours(1)
   */
  readonly interval?: Duration;
  /**
   * What the alarms do.
   * @default - nothing beyond their state
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * The function's source.
   * @default - lambda/drift/handler.ts of this package
   */
  readonly entry?: string;
}

/**
 * A function that checks the attached APIs of its own account and Region, and reports each that is no longer as it was attached as a
 * finding, which it archives when that is mended. APIs of other accounts or Regions that are recorded in the same table are not
 * checked: its log counts them.
 */
export class DriftFunction extends Construct {
  readonly function: IFunction;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: DriftFunctionProps) {
    super(scope, id);
    const actions = props.alarmActions ?? [];
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      holds: "Checks of attached APIs that failed",
      alarmActions: actions,
    });
    const node = new NodeFunction(this, "Node", {
      ...props,
      entry: props.entry ?? join(PACKAGE_ROOT, "lambda/drift/handler.ts"),
      description: "Sallyport: checks attached APIs for drift",
      memorySize: props.memorySize ?? 256,
      // API Gateway's control plane takes ten calls a second, so that hundreds of stages take minutes.
      timeout: Duration.minutes(15),
      // Two at once would tell of the same drift twice, and get in each other's way at the control plane.
      reservedConcurrentExecutions: props.reservedConcurrentExecutions ?? 1,
      deadLetterQueue: this.deadLetters.queue,
      environment: {
        [ENV.tableName]: props.riskTable.table.tableName,
        [ENV.findingsQueueUrl]: props.findingsQueue.queueUrl,
      },
    });
    this.function = node.function;
    props.riskTable.grant(node, ["dynamodb:Query"], ATTACHMENTS_PARTITION);
    props.riskTable.grant(
      node,
      ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      DRIFT_PARTITION,
    );
    node.role.addToPolicy(
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [props.findingsQueue.queueArn] }),
    );
    this.#letReadApis(node);
    new Rule(this, "Schedule", {
      description: "Sallyport: checks attached APIs for drift",
      schedule: Schedule.rate(props.interval ?? Duration.hours(1)),
      targets: [
        new LambdaTarget(node.function, { deadLetterQueue: this.deadLetters.queue, retryAttempts: 2 }),
      ],
    });
    this.#addAlarms(actions);
  }

  /** Which APIs will be attached is not known when this is deployed; all it gets is their configuration, to read. */
  #letReadApis(node: NodeFunction): void {
    const { partition, region, account } = Stack.of(this);
    const may = (action: string, owner: string, paths: readonly string[]) => {
      // Not by formatArn: it has no form for a path that is of one part here and of many there.
      const resources = paths.map((path) => `arn:${partition}:apigateway:${region}:${owner}:${path}`);
      node.role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
      const place = `${shown(region, "Region")}:${shown(owner, "AccountId")}`;
      Validations.of(node.role).acknowledge(
        ...paths
          .filter((path) => path.includes("*"))
          .map((path) => ({
            id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:${place}:${path}]`,
            reason:
              "Which APIs will be attached is not known at deployment; the function may only read their configuration.",
          })),
      );
    };
    may("apigateway:GET", "", ["/restapis/*", "/apis/*", "/domainnames", "/domainnames/*"]);
    may("apigateway:ListRoutingRules", account, ["/domainnames/*/routingrules/*"]);
  }

  #addAlarms(actions: readonly IAlarmAction[]): void {
    const says = {
      errors: "The drift function failed; attached APIs are not checked meanwhile",
      throttles: "The drift function lacked concurrency; attached APIs are not checked meanwhile",
    };
    alarmOnFailures(this, this.function, says, actions);
    alarmOn(
      this,
      "UncheckedAlarm",
      functionMetric(SERVICE.drift, METRIC.driftFailures),
      "An attached API could not be checked for drift",
      actions,
    );
  }
}

/** As cdk-nag writes what is known at deployment only. */
const shown = (value: string, parameter: string): string =>
  Token.isUnresolved(value) ? `<AWS::${parameter}>` : value;
