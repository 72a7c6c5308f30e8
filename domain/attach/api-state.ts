/** Kind of Amazon API Gateway API; the v2 service manages `http` and `websocket`. */
export type ApiKind = "rest" | "http" | "websocket";

/** How a method or route authorizes its callers, in API Gateway's terms. */
export type AuthorizationType = "NONE" | "AWS_IAM" | "COGNITO_USER_POOLS" | "JWT" | "CUSTOM";

export interface RouteAuthorization {
  readonly type: AuthorizationType;
  readonly authorizerId?: string;
  /** OAuth scopes that a Cognito or JWT authorizer requires; absent: none */
  readonly scopes?: readonly string[];
}

/** One REST method or one v2 route. */
export interface RouteState {
  /** `GET /orders/{id}` for REST and HTTP; a WebSocket route key such as `$connect` */
  readonly key: string;
  /** REST: `<resource id>/<HTTP method>`; v2: the route id */
  readonly id: string;
  readonly authorization: RouteAuthorization;
  readonly apiKeyRequired: boolean;
}

/** An authorizer of the API, made by Sallyport or not. */
export interface AuthorizerState {
  readonly id: string;
  readonly name: string;
  /** `REQUEST`, `TOKEN`, `COGNITO_USER_POOLS` or `JWT` */
  readonly type: string;
  /** ARN of the Lambda function with its qualifier; absent for Cognito and JWT */
  readonly functionArn?: string;
  /** Seconds for which API Gateway caches verdicts; 0: no cache */
  readonly ttlSeconds: number;
  /**
   * Expressions in the API's form, such as `method.request.header.Authorization` or
   * `$request.header.Authorization`
   */
  readonly identitySources: readonly string[];
  /**
   * Role that API Gateway assumes to invoke the function; absent: the function's resource policy
   * allows the call
   */
  readonly credentialsArn?: string;
  /** HTTP only: `1.0` or `2.0` */
  readonly payloadFormat?: string;
  /** HTTP only */
  readonly simpleResponses?: boolean;
}

/** A gateway response that differs from API Gateway's defaults (REST only). */
export interface GatewayResponseState {
  readonly type: string;
  readonly statusCode?: string;
  /** `gatewayresponse.header.<name>` to its expression */
  readonly parameters: Readonly<Record<string, string>>;
  /** Content type to template */
  readonly templates: Readonly<Record<string, string>>;
}

/** A share of a REST stage's traffic that another deployment serves. */
export interface CanaryState {
  readonly deploymentId: string;
  /** 0 to 100 */
  readonly percent: number;
  /** Stage variables that the canary overrides; absent: none */
  readonly overrides?: Readonly<Record<string, string>>;
}

export interface StageState {
  readonly name: string;
  readonly deploymentId?: string;
  readonly canary?: CanaryState;
  readonly variables: Readonly<Record<string, string>>;
  /** v2: API Gateway deploys every change automatically */
  readonly autoDeploy: boolean;
  /** v2 quick create: API Gateway manages the stage; neither it nor its variables can be changed */
  readonly managed?: true;
  /** REST: whether the stage's response cache is on, for any method */
  readonly cacheEnabled: boolean;
  /**
   * Authorization in the stage's deployment, by route key; absent where the service does not return
   * it (v2 with `autoDeploy` always equals the routes). @see GetDeployment with `embed=apisummary`
   */
  readonly deployedRoutes?: Readonly<Record<string, DeployedRoute>>;
}

/** API Gateway returns the authorization type of a deployed route, not its authorizer. */
export interface DeployedRoute {
  readonly type: AuthorizationType;
  readonly apiKeyRequired: boolean;
}

export interface DeploymentState {
  readonly id: string;
  readonly description: string;
}

/** A part of an API that could not be read: it is unknown, which differs from "there is none". */
export interface UnreadPart {
  readonly part: "mutual-tls-domains";
  /** One sentence, such as which IAM action is missing on what */
  readonly why: string;
}

/** The present configuration of an API, as far as attaching reads it. */
export interface ApiState {
  readonly kind: ApiKind;
  readonly id: string;
  readonly name: string;
  readonly partition: string;
  readonly region: string;
  /** Twelve digits: the account that owns the API */
  readonly accountId: string;
  /** `EDGE`, `REGIONAL`, `PRIVATE`; v2 is always `REGIONAL` */
  readonly endpointTypes: readonly string[];
  /** Whether the `execute-api` address is turned off */
  readonly executeApiDisabled: boolean;
  /** Custom domains that map to this API and require client certificates */
  readonly mutualTlsDomains: readonly string[];
  /**
   * The CloudFormation stack in the API's `aws:cloudformation:stack-name` tag; absent: none is
   * known
   */
  readonly stack?: string;
  /** HTTP: whether API Gateway answers preflight requests itself */
  readonly corsConfigured: boolean;
  /** WebSocket: as configured, such as `$request.body.action` */
  readonly routeSelection?: string;
  readonly routes: readonly RouteState[];
  readonly authorizers: readonly AuthorizerState[];
  /** REST only; else empty */
  readonly gatewayResponses: readonly GatewayResponseState[];
  readonly stages: readonly StageState[];
  readonly deployments: readonly DeploymentState[];
  /** Another AWS service manages the API: only that service can change it */
  readonly managed?: true;
  /** What could not be read and is missing above; absent: everything was */
  readonly unread?: readonly UnreadPart[];
}
