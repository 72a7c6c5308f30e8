/** The public face of the construct library. */

export { ConfigurationError, type ConfigurationProblem } from "../configuration/configuration-error.ts";
export { type Configuration, loadConfiguration } from "../configuration/read-configuration.ts";
export { compilePolicies } from "../policy/compile.ts";
export {
  type AllowedApis,
  allowAccount,
  allowApi,
  allowApis,
  allowOrganization,
} from "./attach/allowed-apis.ts";
export type { FunctionPlace } from "./attach/authorizer-place.ts";
export {
  type GatewayAuthorizerProps,
  httpAuthorizer,
  type RestAuthorizerProps,
  restAuthorizer,
  webSocketAuthorizer,
} from "./attach/gateway-authorizers.ts";
export { addRestGatewayResponses, type RestGatewayResponsesProps } from "./attach/rest-gateway-responses.ts";
export {
  type AttachOptions,
  AUTHORIZER_PARAMETER,
  type RestAttachOptions,
  SallyportAuthorizer,
} from "./attach/sallyport-authorizer.ts";
export { enforce, monitor } from "./attach/stage-enforcement.ts";
export { SallyportDemo, type SallyportDemoProps } from "./demo/sallyport-demo.ts";
export { AuthorizerFunction, type AuthorizerFunctionProps } from "./functions/authorizer-function.ts";
export {
  BusConsumer,
  type BusConsumerOptions,
  type BusConsumerProps,
  type ConsumerRule,
} from "./functions/bus-consumer.ts";
export { DeadLetterQueue, type DeadLetterQueueProps } from "./functions/dead-letter-queue.ts";
export { DriftFunction, type DriftFunctionProps } from "./functions/drift-function.ts";
export { FindingsFunction, type FindingsFunctionProps } from "./functions/findings-function.ts";
export { authorizerSettings, scorerSettings } from "./functions/function-settings.ts";
export { type FunctionOptions, NodeFunction, type NodeFunctionProps } from "./functions/node-function.ts";
export { ScorerFunction, type ScorerFunctionProps } from "./functions/scorer-function.ts";
export type { DeclaredNetwork, Flow, Tier } from "./network/declared-network.ts";
export type { ReachableService, ServiceName } from "./network/reachable-services.ts";
export { SegmentedNetwork } from "./network/segmented-network.ts";
export type { SegmentedNetworkProps } from "./network/segmented-network-props.ts";
export { type FunctionEntries, SallyportCore, type SallyportCoreProps } from "./sallyport-core.ts";
export { SallyportStack, type SallyportStackProps } from "./sallyport-stack.ts";
export { AccessBus, type AccessBusProps } from "./storage/access-bus.ts";
export { RiskTable, type RiskTableProps } from "./storage/risk-table.ts";
export { SynthesisError } from "./synthesis-error.ts";
