import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Function as LambdaFunction,
  ParamsAndSecretsLayerVersion,
  ParamsAndSecretsVersions,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ENV } from "../../contract/environment.ts";
import { acknowledge } from "../acknowledge.ts";
import { BUNDLE_NAME } from "./bundle-source.ts";
import { checkEnvironmentSize } from "./environment-size.ts";
import { type CompanionFile, functionBundle } from "./function-bundle.ts";

/** What an operator may set on each of Sallyport's functions. */
export interface FunctionOptions {
  /**
   * Megabytes of memory, from 128 to 10240; processor share grows with it.
   * @default - 512 for the authorizer, whose cold start callers wait for, and for a scorer with
   *   city databases; else 256
   */
  readonly memorySize?: number;
  /**
   * Executions set aside for this function, which are also the most that run at once.
   * @default - none set aside: the account's shared concurrency
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * How long the function's log is kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * What becomes of the log when the stack is deleted.
   * @default RemovalPolicy.RETAIN since it holds the events that did not reach the bus
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /**
   * Whether AWS X-Ray traces the function.
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * Name of the deployment, which becomes the dimension `deployment` of the function's metrics.
   * @default - no name, and no such dimension
   */
  readonly deployment?: string;
}

/** What each function states of itself. */
export interface NodeFunctionProps extends FunctionOptions {
  /**
   * Absolute path of the ES module that exports `handler`, bundled into one `.mjs` file; in a
   * checkout of Sallyport it may be TypeScript.
   */
  readonly entry: string;
  /**
   * Files beside the bundle.
   * @default - none
   */
  readonly companions?: readonly CompanionFile[];
  /** What the function is for; shown in the console. */
  readonly description: string;
  /** When Lambda stops an invocation. */
  readonly timeout: Duration;
  /**
   * Environment variables, 4 KB at most.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets that the function reads by way of the AWS Parameters and Secrets Lambda Extension.
   * @default - none, and no extension
   */
  readonly secretArns?: readonly string[];
  /**
   * Where asynchronous invocations end that failed every attempt.
   * @default - none: the function is not invoked asynchronously
   */
  readonly deadLetterQueue?: IQueue;
  /**
   * How long an asynchronous event may wait to be handled.
   * @default - Lambda's own: 6 hours
   */
  readonly maxEventAge?: Duration;
}

const RETRIES_OF_ASYNCHRONOUS_EVENTS = 2;

/**
 * A Lambda function as Sallyport runs them: Node 24 on ARM64, one bundled file, and its own log
 * group and execution role. The role may write to that one log group and nothing else; who makes
 * the function grants it the rest.
 */
export class NodeFunction extends Construct implements IGrantable {
  /** The Lambda function. */
  readonly function: LambdaFunction;
  /** Its role, which may write its own log and nothing else until more is granted. */
  readonly role: Role;
  /** Its log group. */
  readonly logGroup: LogGroup;
  /** Its role, for grants. */
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const environment = {
      ...props.environment,
      ...(props.deployment !== undefined && { [ENV.deployment]: props.deployment }),
    };
    checkEnvironmentSize(this, environment);
    this.logGroup = new LogGroup(this, "Log", {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.grantPrincipal = this.role.grantPrincipal;
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    const secretArns = props.secretArns ?? [];
    if (secretArns.length > 0) {
      this.role.addToPolicy(
        new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [...secretArns] }),
      );
    }
    this.function = new LambdaFunction(this, "Function", {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: `${BUNDLE_NAME.replace(".mjs", "")}.handler`,
      code: functionBundle(this, props.entry, props.companions ?? []),
      role: this.role,
      logGroup: this.logGroup,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout,
      environment,
      ...(secretArns.length > 0 && {
        paramsAndSecrets: ParamsAndSecretsLayerVersion.fromVersion(ParamsAndSecretsVersions.V1_0_103),
      }),
      tracing: props.tracing === true ? Tracing.ACTIVE : Tracing.DISABLED,
      ...(props.reservedConcurrentExecutions !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      }),
      ...(props.deadLetterQueue !== undefined && {
        deadLetterQueue: props.deadLetterQueue,
        retryAttempts: RETRIES_OF_ASYNCHRONOUS_EVENTS,
        ...(props.maxEventAge !== undefined && { maxEventAge: props.maxEventAge }),
      }),
    });
    if (props.tracing === true) {
      acknowledge(this.role, {
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "xray:PutTraceSegments and xray:PutTelemetryRecords know no resource but *.",
      });
    }
  }
}
