import type { ApiState, GatewayResponseState, RouteAuthorization } from "./api-state.ts";

/**
 * An authorizer as attaching creates it: REQUEST type, no cache; HTTP with payload format 2.0 and
 * simple responses.
 */
export interface AuthorizerSpec {
  readonly name: string;
  readonly functionArn: string;
  /**
   * Role that API Gateway assumes to invoke the function; absent: the function's resource policy
   * allows the call
   */
  readonly credentialsArn?: string;
}

export interface DeploySpec {
  readonly stage: string;
  readonly description: string;
  /**
   * REST only, 1 to 99: percentage of the stage's traffic for the new deployment; absent: all of it
   */
  readonly canaryPercent?: number;
}

/** API Gateway's result of one test of an authorizer. */
export interface AuthorizerTrial {
  /**
   * Status that a client would receive: 200 if the authorizer allowed or denied in a valid form,
   * 500 if the call failed
   */
  readonly status: number;
  readonly milliseconds: number;
}

/**
 * The control plane of one API. Calls are idempotent where possible: setting a value again, or
 * deleting something that is gone, succeeds. Failures reject with ControlError
 * (aws/api-gateway/control-error.ts).
 */
export interface ApiControl {
  readonly read: () => Promise<ApiState>;
  /** Resolves to the authorizer's id */
  readonly createAuthorizer: (spec: AuthorizerSpec) => Promise<string>;
  readonly deleteAuthorizer: (authorizerId: string) => Promise<void>;
  /** Sets type, authorizer and scopes of one route, by RouteState.id; removes what `to` omits */
  readonly setAuthorization: (routeId: string, to: RouteAuthorization) => Promise<void>;
  readonly putGatewayResponse: (response: GatewayResponseState) => Promise<void>;
  /** Restores API Gateway's default */
  readonly deleteGatewayResponse: (type: string) => Promise<void>;
  /** `undefined` removes the variable. Takes effect at once, without a deployment */
  readonly setStageVariable: (stage: string, name: string, value: string | undefined) => Promise<void>;
  /** Resolves to the deployment's id */
  readonly deploy: (spec: DeploySpec) => Promise<string>;
  /** Sends all of a stage's traffic to this deployment; ends a canary */
  readonly pointStage: (stage: string, deploymentId: string) => Promise<void>;
  /** Ends a canary and keeps the stage's own deployment */
  readonly removeCanary: (stage: string) => Promise<void>;
  readonly deleteDeployment: (deploymentId: string) => Promise<void>;
  /** Deletes cached verdicts; does nothing where the kind has no such cache */
  readonly flushAuthorizerCache: (stage: string) => Promise<void>;
  /**
   * REST only: calls the authorizer as API Gateway would (TestInvokeAuthorizer); undefined where
   * the kind has no such operation
   */
  readonly testAuthorizer: (
    authorizerId: string,
    stageVariables: Readonly<Record<string, string>>,
  ) => Promise<AuthorizerTrial | undefined>;
}

/** The resource policy of the authorizer function. */
export interface InvokePermission {
  /**
   * Allows API Gateway to invoke the function for the authorizers of one API; succeeds if it is
   * allowed already
   */
  readonly grant: (statementId: string, sourceArn: string) => Promise<void>;
  /** Succeeds if there is no such statement */
  readonly revoke: (statementId: string) => Promise<void>;
  /** The source ARN of the statement; undefined if there is none */
  readonly find: (statementId: string) => Promise<string | undefined>;
}
