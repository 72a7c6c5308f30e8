/** The public face of the construct library. */
export { compilePolicies } from "../policy/compile.ts";
export { AccessBus, type AccessBusProps } from "./access-bus.ts";
export {
  type AllowedApis,
  allowAccount,
  allowApi,
  allowApis,
  allowOrganization,
} from "./allowed-apis.ts";
export { AuthorizerFunction, type AuthorizerFunctionProps } from "./authorizer-function.ts";
export type { FunctionPlace } from "./authorizer-place.ts";
export { type Configuration, loadConfiguration } from "./configuration.ts";
export { ConfigurationError, type ConfigurationProblem } from "./configuration-problem.ts";
export { DeadLetterQueue, type DeadLetterQueueProps } from "./dead-letter-queue.ts";
export { DriftFunction, type DriftFunctionProps } from "./drift-function.ts";
export { FindingsFunction, type FindingsFunctionProps } from "./findings-function.ts";
export { authorizerSettings, scorerSettings } from "./function-settings.ts";
export {
  type GatewayAuthorizerProps,
  httpAuthorizer,
  type RestAuthorizerProps,
  restAuthorizer,
  webSocketAuthorizer,
} from "./gateway-authorizers.ts";
export type { DeclaredNetwork, Flow, Tier } from "./network/declared-network.ts";
export type { ReachableService, ServiceName } from "./network/reachable-services.ts";
export { SegmentedNetwork } from "./network/segmented-network.ts";
export type { SegmentedNetworkProps } from "./network/segmented-network-props.ts";
export { type FunctionOptions, NodeFunction, type NodeFunctionProps } from "./node-function.ts";
export { addRestGatewayResponses, type RestGatewayResponsesProps } from "./rest-gateway-responses.ts";
export { RiskTable, type RiskTableProps } from "./risk-table.ts";
export {
  type AttachOptions,
  AUTHORIZER_PARAMETER,
  type RestAttachOptions,
  SallyportAuthorizer,
} from "./sallyport-authorizer.ts";
export { type FunctionEntries, SallyportCore, type SallyportCoreProps } from "./sallyport-core.ts";
export { SallyportDemo, type SallyportDemoProps } from "./sallyport-demo.ts";
export { SallyportStack, type SallyportStackProps } from "./sallyport-stack.ts";
export { ScorerFunction, type ScorerFunctionProps } from "./scorer-function.ts";
export { enforce, monitor } from "./stage-enforcement.ts";
export { SynthesisError } from "./synthesis-error.ts";
