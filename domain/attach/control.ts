import type { ApiState, GatewayResponseState, RouteAuthorization } from "./api-state.ts";

/** An authorizer as attaching creates it: REQUEST type, no cache; HTTP with payload 2.0 and simple responses. */
export interface AuthorizerSpec {
  readonly name: string;
  readonly functionArn: string;
  /** Role that API Gateway assumes to invoke the function; absent: the function's resource policy allows it */
  readonly credentialsArn?: string;
}

export interface DeploySpec {
  readonly stage: string;
  readonly description: string;
  /** REST only, 1 to 99: give the new deployment to this share of the stage's traffic; absent: to all of it */
  readonly canaryPercent?: number;
}

/** What API Gateway said of one trial of an authorizer. */
export interface AuthorizerTrial {
  /** What a client would have got: 200 when the authorizer allowed or denied in due form, 500 when it could not be asked */
  readonly status: number;
  readonly milliseconds: number;
}

/**
 * The control plane of one API. Every call is idempotent where it can be: to set what is set already, or delete what is gone, is
 * no error. Failures reject with ControlError (aws/api-gateway/control-error.ts).
 */
export interface ApiControl {
  readonly read: () => Promise<ApiState>;
  /** Resolves to the authorizer's id */
  readonly createAuthorizer: (spec: AuthorizerSpec) => Promise<string>;
  readonly deleteAuthorizer: (authorizerId: string) => Promise<void>;
  /** Sets type, authorizer and scopes of one route, by RouteState.id; what `to` leaves out is removed */
  readonly setAuthorization: (routeId: string, to: RouteAuthorization) => Promise<void>;
  readonly putGatewayResponse: (response: GatewayResponseState) => Promise<void>;
  /** Back to API Gateway's default */
  readonly deleteGatewayResponse: (type: string) => Promise<void>;
  /** `undefined` removes the variable. Takes effect at once, without a deployment */
  readonly setStageVariable: (stage: string, name: string, value: string | undefined) => Promise<void>;
  /** Resolves to the deployment's id */
  readonly deploy: (spec: DeploySpec) => Promise<string>;
  /** Lets a stage be answered by this deployment, all of its traffic; ends a canary */
  readonly pointStage: (stage: string, deploymentId: string) => Promise<void>;
  /** Ends a canary, which leaves the stage's own deployment in place */
  readonly removeCanary: (stage: string) => Promise<void>;
  readonly deleteDeployment: (deploymentId: string) => Promise<void>;
  /** Forgets cached verdicts; nothing where the kind has no such cache */
  readonly flushAuthorizerCache: (stage: string) => Promise<void>;
  /** REST only: asks the authorizer as API Gateway would (TestInvokeAuthorizer); undefined where the kind has no such call */
  readonly testAuthorizer: (
    authorizerId: string,
    stageVariables: Readonly<Record<string, string>>,
  ) => Promise<AuthorizerTrial | undefined>;
}

/** The resource policy of the authorizer function. */
export interface InvokePermission {
  /** Lets API Gateway invoke the function for the authorizers of one API; no error if it may already */
  readonly grant: (statementId: string, sourceArn: string) => Promise<void>;
  /** No error if there is no such statement */
  readonly revoke: (statementId: string) => Promise<void>;
  /** The source ARN of the statement; undefined if there is none */
  readonly find: (statementId: string) => Promise<string | undefined>;
}
