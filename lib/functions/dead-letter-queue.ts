import { Duration } from "aws-cdk-lib";
import { type IAlarmAction, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { alarmOn } from "./alarms.ts";

/** Encrypted, and reachable over TLS alone. */
export const SEALED_QUEUE = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

/** The longest that SQS keeps a message. */
export const LONGEST_RETENTION = Duration.days(14);

/** What a dead-letter queue is made with. */
export interface DeadLetterQueueProps {
  /** What ends here, for the alarm's description. */
  readonly holds: string;
  /**
   * What the alarm does when a message arrives.
   * @default - nothing beyond its state
   */
  readonly alarmActions?: readonly IAlarmAction[];
}

/**
 * A queue for what failed every attempt, with an alarm that stays raised while anything is in it.
 */
export class DeadLetterQueue extends Construct {
  /** The queue, encrypted and closed to plain HTTP. */
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", { ...SEALED_QUEUE, retentionPeriod: LONGEST_RETENTION });
    alarmOn(
      this,
      "NotEmpty",
      this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
      `${props.holds} failed every attempt and wait in a dead-letter queue, which forgets them after 14 days`,
      props.alarmActions ?? [],
    );
  }
}
