import { CfnOutput, Duration, PermissionsBoundary, Stack, type StackProps, Stage, Token } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import type { Configuration } from "../configuration/read-configuration.ts";
import { compilePolicies } from "../policy/compile.ts";
import type { CompiledPolicies } from "../policy/compiled-policies.ts";
import { type AllowedApis, allowApis } from "./attach/allowed-apis.ts";
import { authorizerSettings, scorerSettings } from "./functions/function-settings.ts";
import { type FunctionEntries, SallyportCore } from "./sallyport-core.ts";
import { SynthesisError } from "./synthesis-error.ts";

/** What the stack is made with. */
export interface SallyportStackProps extends StackProps {
  /** The checked configuration. */
  readonly configuration: Configuration;
  /**
   * The policies, compiled and checked.
   * @default - `compilePolicies(configuration.policies)`
   */
  readonly policies?: CompiledPolicies;
  /**
   * The functions' code.
   * @default - Sallyport's own
   */
  readonly entries?: Partial<FunctionEntries>;
}

/**
 * Sallyport as one stack, with outputs and SSM parameters by which other stacks find the
 * authorizer, table and bus.
 */
export class SallyportStack extends Stack {
  /** The constructs of the stack. */
  readonly core: SallyportCore;
  readonly #parameterPrefix: string;

  constructor(scope: Construct, id: string, props: SallyportStackProps) {
    const {
      configuration,
      policies = compilePolicies(configuration.policies),
      entries,
      ...stackProps
    } = props;
    super(scope, id, {
      description: "Sallyport: zero trust for Amazon API Gateway",
      ...(configuration.region !== undefined && { env: { region: configuration.region } }),
      ...boundaryOf(configuration),
      ...stackProps,
    });
    const { archiveDays, driftMinutes, geo, network, authorizer, alarmTopicArn } = configuration;
    this.#parameterPrefix = configuration.parameterPrefix;
    this.#refuseClash();
    this.core = new SallyportCore(this, "Core", {
      ...(configuration.name !== undefined && { name: configuration.name }),
      authorizer: authorizerSettings(configuration),
      scorer: scorerSettings(configuration),
      policies,
      deletionProtection: configuration.tableDeletionProtection,
      functions: { logRetention: configuration.logRetentionDays, tracing: configuration.tracing },
      authorizerFunction: {
        ...(authorizer.memory !== undefined && { memorySize: authorizer.memory }),
        ...(authorizer.reservedConcurrency !== undefined && {
          reservedConcurrentExecutions: authorizer.reservedConcurrency,
        }),
      },
      ...(geo.countryDatabase !== undefined && { countryDatabase: geo.countryDatabase }),
      ...(geo.cityDatabase !== undefined && { cityDatabase: geo.cityDatabase }),
      ...(network?.extraAuthority !== undefined && { extraAuthority: network.extraAuthority }),
      ...(driftMinutes !== undefined && { driftInterval: Duration.minutes(driftMinutes) }),
      ...(archiveDays !== undefined && { archiveRetention: Duration.days(archiveDays) }),
      ...(alarmTopicArn !== undefined && { alarmTopicArn }),
      ...(entries !== undefined && { entries }),
    });
    // Optional fields as zod types them may hold `undefined`; JSON never brings one.
    allowApis(this.core.authorizer.function, (configuration.attach ?? {}) as AllowedApis);
    this.#publish();
  }

  /** Two deployments with the same SSM parameters overwrite each other's, or fail to deploy. */
  #refuseClash(): void {
    for (const other of this.node.root.node.findAll()) {
      if (!(other instanceof SallyportStack) || other === this) continue;
      if (other.#parameterPrefix !== this.#parameterPrefix || !isSamePlace(this, other)) continue;
      throw new SynthesisError(
        `${this.node.path} and ${other.node.path} have the same SSM parameters, ${this.#parameterPrefix}/…, in the same account and Region. Give each another "name" in its configuration, or a "parameterPrefix".`,
      );
    }
  }

  #publish(): void {
    const prefix = this.#parameterPrefix;
    const { authorizer, riskTable, accessBus } = this.core;
    const published = [
      ["AuthorizerArn", "authorizer-arn", authorizer.function.functionArn, "ARN of the authorizer function"],
      ["TableName", "table-name", riskTable.table.tableName, "Name of the risk table"],
      ["EventBusName", "event-bus-name", accessBus.bus.eventBusName, "Name of the bus of access events"],
    ] as const;
    for (const [id, name, value, description] of published) {
      new CfnOutput(this, id, { value, description });
      new StringParameter(this, `${id}Parameter`, {
        parameterName: `${prefix}/${name}`,
        stringValue: value,
        description: `Sallyport: ${description}`,
      });
    }
  }
}

/** The permissions boundary of a stack's roles, if one is configured. */
export const boundaryOf = ({
  permissionsBoundary,
}: Configuration): Pick<StackProps, "permissionsBoundary"> =>
  permissionsBoundary === undefined
    ? {}
    : { permissionsBoundary: PermissionsBoundary.fromArn(permissionsBoundary) };

/**
 * Whether both are deployed to the same account and Region. Stages of an app whose place is not
 * stated may go to different accounts.
 */
function isSamePlace(one: Stack, other: Stack): boolean {
  const isKnown = ![one.account, one.region].some((part) => Token.isUnresolved(part));
  return one.environment === other.environment && (isKnown || Stage.of(one) === Stage.of(other));
}
