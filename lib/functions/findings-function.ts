import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import { type IAlarmAction, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import { alarmOn, alarmOnFailures, functionMetric } from "./alarms.ts";
import { DeadLetterQueue, LONGEST_RETENTION, SEALED_QUEUE } from "./dead-letter-queue.ts";
import { type FunctionOptions, NodeFunction } from "./node-function.ts";
import { ownFunction } from "./own-function.ts";

/** What the import of findings is made with. */
export interface FindingsFunctionProps extends FunctionOptions {
  /**
   * How often a finding is tried before it goes to the dead-letter queue. With 3 minutes between
   * attempts the default outlasts about ten hours in which Security Hub refuses or throttles.
   * @default 200
   */
  readonly attempts?: number;
  /**
   * What the alarms do.
   * @default - nothing beyond its state
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * The function's code: an ES module bundled into one `.mjs` file.
   * @default - Sallyport's own
   */
  readonly entry?: string;
}

const TIMEOUT = Duration.seconds(30);

/**
 * The queue of findings and the function that imports them into Security Hub; a refused finding
 * waits and is tried again.
 */
export class FindingsFunction extends Construct {
  /** The function that imports findings. */
  readonly function: IFunction;
  /** The queue that findings are sent to. */
  readonly queue: Queue;
  /** Where findings end that Security Hub does not take. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: FindingsFunctionProps = {}) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      holds: "Findings for Security Hub",
      ...(props.alarmActions !== undefined && { alarmActions: props.alarmActions }),
    });
    this.queue = new Queue(this, "Queue", {
      ...SEALED_QUEUE,
      retentionPeriod: LONGEST_RETENTION,
      // AWS asks for at least six times the function's timeout, or a slow batch is delivered twice
      // at once.
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: props.attempts ?? 200 },
    });
    const node = new NodeFunction(this, "Node", {
      ...props,
      entry: props.entry ?? ownFunction("findings"),
      description: "Sallyport: imports findings into Security Hub",
      timeout: TIMEOUT,
    });
    this.function = node.function;
    node.function.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, maxConcurrency: 2, reportBatchItemFailures: true }),
    );
    this.#addAlarms(props.alarmActions ?? [], props.deployment);
    node.role.addToPolicy(
      new PolicyStatement({
        actions: ["securityhub:BatchImportFindings"],
        resources: [ownProductArn(Stack.of(this))],
      }),
    );
  }

  #addAlarms(actions: readonly IAlarmAction[], deployment: string | undefined): void {
    const says = {
      errors: "The findings function failed; its findings wait in their queue",
      throttles: "The findings function lacked concurrency; findings wait in their queue",
    };
    alarmOnFailures(this, this.function, says, actions);
    alarmOn(
      this,
      "WaitingAlarm",
      this.queue.metricApproximateAgeOfOldestMessage({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(5),
      }),
      "A finding has waited for 15 minutes and was not taken out of its queue",
      actions,
      { threshold: Duration.minutes(15).toSeconds(), periods: 1, of: 1 },
    );
    // SQS leaves out of the age what was received three times in vain, so refused findings need a
    // separate alarm.
    alarmOn(
      this,
      "RefusedAlarm",
      functionMetric(SERVICE.findings, METRIC.refusedFindings, deployment),
      "Security Hub has refused findings for 15 minutes, or is not enabled; they wait in their queue",
      actions,
      { threshold: 1, periods: 3, of: 4 },
    );
  }
}

/** The product under which an account imports its own findings. */
const ownProductArn = (stack: Stack): string =>
  stack.formatArn({
    service: "securityhub",
    resource: "product",
    resourceName: `${stack.account}/default`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
