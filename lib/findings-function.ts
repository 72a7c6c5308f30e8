import { join } from "node:path";
import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { DeadLetterQueue, LONGEST_RETENTION, SEALED_QUEUE } from "./dead-letter-queue.ts";
import { type FunctionOptions, NodeFunction } from "./node-function.ts";
import { PACKAGE_ROOT } from "./package-root.ts";

export interface FindingsFunctionProps extends FunctionOptions {
  /**
   * How often a finding is tried before it goes to the dead-letter queue. With 3 minutes between attempts the default
   * outlasts about ten hours in which Security Hub refuses or throttles.
   * @default 200
   */
  readonly attempts?: number;
  /**
   * What the dead-letter alarm does.
   * @default - nothing beyond its state
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * The function's source.
   * @default - lambda/findings/handler.ts of this package
   */
  readonly entry?: string;
}

const TIMEOUT = Duration.seconds(30);

/** The queue of findings and the function that imports them into Security Hub; a refused finding waits and is tried again. */
export class FindingsFunction extends Construct {
  readonly function: IFunction;
  readonly queue: Queue;
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
      // AWS asks for at least six times the function's timeout, or a slow batch is delivered twice at once.
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: props.attempts ?? 200 },
    });
    const node = new NodeFunction(this, "Node", {
      ...props,
      entry: props.entry ?? join(PACKAGE_ROOT, "lambda/findings/handler.ts"),
      description: "Sallyport: imports findings into Security Hub",
      timeout: TIMEOUT,
    });
    this.function = node.function;
    node.function.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, maxConcurrency: 2, reportBatchItemFailures: true }),
    );
    node.role.addToPolicy(
      new PolicyStatement({
        actions: ["securityhub:BatchImportFindings"],
        resources: [ownProductArn(Stack.of(this))],
      }),
    );
  }
}

/** The product under which an account imports findings of its own. */
const ownProductArn = (stack: Stack): string =>
  stack.formatArn({
    service: "securityhub",
    resource: "product",
    resourceName: `${stack.account}/default`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
