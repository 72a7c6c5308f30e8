import { type ControlPlane, startControlPlane } from "./api-gateway/control/control-plane.ts";
import { type ApiConfigurations, openApis } from "./api-gateway/data/configurations.ts";
import { type LocalTemplate, loadAssembly } from "./cloudformation/template.ts";
import { startTables, type Tables } from "./dynamodb/tables.ts";
import { type EventBuses, startEventBus } from "./eventbridge/event-bus.ts";
import type { SendToQueue } from "./lambda/event-invoke.ts";
import { startPollers } from "./lambda/event-source-mapping.ts";
import type { OnLog } from "./lambda/execution-environment.ts";
import { type FunctionFleet, startFunctions } from "./lambda/lambda-runtime.ts";
import type { StoredFinding } from "./security-hub/finding-store.ts";
import { type SecurityHub, startSecurityHub } from "./security-hub/security-hub.ts";
import { type Queues, startQueues } from "./sqs/queues.ts";

export interface BootOptions {
  /** A CDK cloud assembly, such as `cdk.out` */
  readonly assemblyDir: string;
  /** @default eu-central-1 */
  readonly region?: string;
  /** @default 000000000000 */
  readonly accountId?: string;
  /** Variables that every function gets besides its own, such as NODE_EXTRA_CA_CERTS */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLog?: OnLog;
  /** Processes per function. @default 8 */
  readonly processLimit?: number;
}

export interface Endpoint {
  readonly name: string;
  readonly url: string;
  /** The variable that an AWS SDK, and so the CLI, reads it from */
  readonly variable: string;
}

/**
 * A running stack. Does not include its APIs: local/api-gateway serves them from `template` and
 * `functions`.
 */
export interface LocalStack {
  readonly template: LocalTemplate;
  readonly functions: FunctionFleet;
  readonly bus: EventBuses;
  readonly queues: Queues;
  readonly tables: { readonly endpoint: string };
  readonly securityHub: SecurityHub;
  /** The current configuration of the APIs, for the gateway to serve */
  readonly configurations: ApiConfigurations;
  /** The control plane that changes it */
  readonly control: ControlPlane;
  readonly endpoints: readonly Endpoint[];
  /** Ends every process and listener; may be called again */
  readonly close: () => Promise<void>;
}

/**
 * Runs the stacks of a cloud assembly on this machine; every listener is on a free port of
 * 127.0.0.1. Functions get the template's bundles and variables, and AWS_ENDPOINT_URL_* variables
 * that point the SDK to this machine. Rejects with the first error of the template; everything
 * started by then has stopped.
 */
export async function bootStack(options: BootOptions): Promise<LocalStack> {
  const started: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    // Stop from the last to the first, so that no part talks to one that is gone.
    for (const stop of started.splice(0).reverse()) await stop();
  };
  try {
    return await startParts(options, started, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: BootOptions,
  started: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<LocalStack> {
  const owner = { region: options.region ?? "eu-central-1", accountId: options.accountId ?? "000000000000" };
  const began = <T extends { close: () => Promise<void> }>(part: T): T => {
    started.push(part.close);
    return part;
  };
  const queues: Queues = began(await startQueues(owner));
  const template = loadAssembly(options.assemblyDir, { ...owner, queueUrl: queues.urlOf });
  queues.declare(template);
  const tables: Tables = began(await startTables(template));
  const securityHub = began(await startSecurityHub(owner));
  const sendToQueue: SendToQueue = async (arn, body, attributes = {}) => {
    const texts = Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: "String", StringValue: value },
    ]);
    queues.byArn(arn).send(body, Object.fromEntries(texts));
  };
  // The bus invokes functions, and the functions' variables hold the bus's address; no event can
  // arrive before both run.
  const fleet: { functions?: FunctionFleet } = {};
  const bus = began(
    await startEventBus(template, {
      sendToQueue,
      invokeAsync: async (name, payload) => {
        if (fleet.functions === undefined) throw new Error("The functions are not there yet");
        await fleet.functions.invokeAsync(name, payload);
      },
    }),
  );
  const configurations = openApis(template);
  const control = began(
    await startControlPlane({
      template,
      configurations,
      invoke: async (functionArn, event) => {
        if (fleet.functions === undefined) throw new Error("The functions are not there yet");
        return fleet.functions.invoke(functionArn, event);
      },
    }),
  );
  const endpoints: readonly Endpoint[] = [
    { name: "DynamoDB", url: tables.endpoint, variable: "AWS_ENDPOINT_URL_DYNAMODB" },
    { name: "EventBridge", url: bus.endpoint, variable: "AWS_ENDPOINT_URL_EVENTBRIDGE" },
    { name: "SQS", url: queues.endpoint, variable: "AWS_ENDPOINT_URL_SQS" },
    { name: "Security Hub", url: securityHub.endpoint, variable: "AWS_ENDPOINT_URL_SECURITYHUB" },
    { name: "API Gateway", url: control.endpoint, variable: "AWS_ENDPOINT_URL_API_GATEWAY" },
    { name: "API Gateway v2", url: control.endpoint, variable: "AWS_ENDPOINT_URL_APIGATEWAYV2" },
    { name: "Lambda", url: control.endpoint, variable: "AWS_ENDPOINT_URL_LAMBDA" },
    { name: "STS", url: control.endpoint, variable: "AWS_ENDPOINT_URL_STS" },
  ];
  const functions = startFunctions(template, {
    sendToQueue,
    ...(options.onLog !== undefined && { onLog: options.onLog }),
    ...(options.processLimit !== undefined && { processLimit: options.processLimit }),
    environment: {
      ...Object.fromEntries(endpoints.map(({ variable, url }) => [variable, url])),
      ...options.environment,
    },
  });
  fleet.functions = functions;
  // Registered before the pollers, whose last batches end only when the functions do.
  started.push(functions.close);
  const pollers = startPollers(template, { queueByArn: queues.byArn, invoke: functions.invoke });
  started.push(async () => {
    await Promise.all([pollers.close(), functions.close()]);
  });
  securityHub.onFinding((finding) => bus.publish("default", describeImport(finding, owner)));
  return {
    template,
    functions,
    bus,
    queues,
    tables,
    securityHub,
    configurations,
    control,
    endpoints,
    close,
  };
}

/** Security Hub sends each finding to EventBridge's default bus. */
function describeImport(
  finding: StoredFinding,
  { region, accountId }: { region: string; accountId: string },
) {
  return {
    source: "aws.securityhub",
    "detail-type": "Security Hub Findings - Imported",
    resources: [`arn:aws:securityhub:${region}:${accountId}:product/${accountId}/default/${finding.Id}`],
    detail: { findings: [finding] },
  };
}
