/** The public face of the construct library. */
export { compilePolicies } from "../policy/compile.ts";
export { AccessBus, type AccessBusProps } from "./access-bus.ts";
export { AuthorizerFunction, type AuthorizerFunctionProps } from "./authorizer-function.ts";
export { type Configuration, loadConfiguration } from "./configuration.ts";
export { ConfigurationError, type ConfigurationProblem } from "./configuration-problem.ts";
export { DeadLetterQueue, type DeadLetterQueueProps } from "./dead-letter-queue.ts";
export { FindingsFunction, type FindingsFunctionProps } from "./findings-function.ts";
export { authorizerSettings, scorerSettings } from "./function-settings.ts";
export {
  type GatewayAuthorizerProps,
  httpAuthorizer,
  restAuthorizer,
  webSocketAuthorizer,
} from "./gateway-authorizers.ts";
export { type FunctionOptions, NodeFunction, type NodeFunctionProps } from "./node-function.ts";
export { addRestGatewayResponses, type RestGatewayResponsesProps } from "./rest-gateway-responses.ts";
export { RiskTable, type RiskTableProps } from "./risk-table.ts";
export { type FunctionEntries, SallyportCore, type SallyportCoreProps } from "./sallyport-core.ts";
export { SallyportDemo, type SallyportDemoProps } from "./sallyport-demo.ts";
export { SallyportStack, type SallyportStackProps } from "./sallyport-stack.ts";
export { ScorerFunction, type ScorerFunctionProps } from "./scorer-function.ts";
export { SynthesisError } from "./synthesis-error.ts";
