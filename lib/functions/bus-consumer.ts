import type { Duration } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { Rule, type RuleProps } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { MetricName } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import type { ScorerSettings } from "../../contract/settings.ts";
import { alarmOn, alarmOnFailures, functionMetric } from "./alarms.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import type { CompanionFile } from "./function-bundle.ts";
import { type FunctionOptions, NodeFunction } from "./node-function.ts";
import { ownFunction } from "./own-function.ts";
import { placeSettings } from "./settings-placement.ts";

/** What an operator may set on a function that EventBridge runs. */
export interface BusConsumerOptions extends FunctionOptions {
  /**
   * What the alarms do.
   * @default - nothing beyond their state
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * The function's code: an ES module bundled into one `.mjs` file.
   * @default - Sallyport's own
   */
  readonly entry?: string;
}

/** The rule that runs a consumer: an event pattern on a bus, or a schedule. */
export interface ConsumerRule extends Omit<RuleProps, "targets"> {
  /** Construct id of the rule, which deployed stacks depend on. */
  readonly id: string;
  /** How often EventBridge offers an event that Lambda did not take. */
  readonly retryAttempts: number;
}

/** What each consumer states about itself. */
export interface BusConsumerProps extends BusConsumerOptions {
  /** The folder in lambda/, and the key of the function's name in logs and metrics. */
  readonly name: keyof typeof SERVICE;
  /** What the function is for; shown in the AWS console. */
  readonly description: string;
  /** How long one event may take. */
  readonly timeout: Duration;
  /** The rule that runs it. */
  readonly rule: ConsumerRule;
  /**
   * How long an event may wait, at EventBridge and again at Lambda.
   * @default - 24 hours at EventBridge, 6 hours at Lambda
   */
  readonly maxEventAge?: Duration;
  /** What ends in the dead-letter queue, for its alarm's description. */
  readonly deadLetters: string;
  /** Descriptions of the alarms on failures and on throttling. */
  readonly says: { readonly errors: string; readonly throttles: string };
  /**
   * Further alarms, by construct id: each on the sum of a metric that the function emits.
   * @default - none
   */
  readonly alarms?: Readonly<Record<string, { readonly metric: MetricName; readonly says: string }>>;
  /**
   * Settings that are known at synthesis or deployment.
   * @default - none
   */
  readonly settings?: ScorerSettings;
  /**
   * Environment variables.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Files beside the bundle.
   * @default - none
   */
  readonly companions?: readonly CompanionFile[];
}

/**
 * A function that EventBridge runs, by pattern or on a schedule, such that no event is lost
 * silently: retries with a limit, a dead-letter queue for both EventBridge and Lambda, and an alarm
 * on each way to fail. Grants nothing but the function's own log and queue; subclasses grant the
 * rest.
 */
export class BusConsumer extends Construct {
  /** The function that EventBridge runs. */
  readonly function: IFunction;
  /** Where events end that it could not take. */
  readonly deadLetters: DeadLetterQueue;
  protected readonly nodeFunction: NodeFunction;

  constructor(scope: Construct, id: string, props: BusConsumerProps) {
    super(scope, id);
    const alarmActions = props.alarmActions ?? [];
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", { holds: props.deadLetters, alarmActions });
    const deadLetterQueue = this.deadLetters.queue;
    const placed = props.settings === undefined ? undefined : placeSettings(this, props.settings);
    this.nodeFunction = new NodeFunction(this, "Node", {
      ...props,
      entry: props.entry ?? ownFunction(props.name),
      companions: [...(props.companions ?? []), ...(placed?.companions ?? [])],
      environment: { ...props.environment, ...placed?.environment },
      deadLetterQueue,
    });
    this.function = this.nodeFunction.function;
    const { id: ruleId, retryAttempts, ...rule } = props.rule;
    const maxEventAge = props.maxEventAge !== undefined && { maxEventAge: props.maxEventAge };
    new Rule(this, ruleId, {
      ...rule,
      targets: [new LambdaTarget(this.function, { deadLetterQueue, retryAttempts, ...maxEventAge })],
    });
    alarmOnFailures(this, this.function, props.says, alarmActions);
    for (const [alarmId, { metric, says }] of Object.entries(props.alarms ?? {})) {
      const watched = functionMetric(SERVICE[props.name], metric, props.deployment);
      alarmOn(this, alarmId, watched, says, alarmActions);
    }
  }

  /** Lets the function send messages to a queue, and receive none. */
  protected grantSend(queue: IQueue): void {
    this.nodeFunction.role.addToPolicy(
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }),
    );
  }
}
