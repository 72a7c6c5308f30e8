/** Which kind of Amazon API Gateway API; `http` and `websocket` are managed by the v2 service. */
export type ApiKind = "rest" | "http" | "websocket";

/** What a method or route asks of its callers, in API Gateway's own words. */
export type AuthorizationType = "NONE" | "AWS_IAM" | "COGNITO_USER_POOLS" | "JWT" | "CUSTOM";

export interface RouteAuthorization {
  readonly type: AuthorizationType;
  readonly authorizerId?: string;
  /** OAuth scopes that a Cognito or JWT authorizer asks for; absent: none are asked for */
  readonly scopes?: readonly string[];
}

/** One REST method or one v2 route. */
export interface RouteState {
  /** `GET /orders/{id}` for REST and HTTP; a WebSocket route key such as `$connect` */
  readonly key: string;
  /** How the API addresses it: REST `<resource id>/<HTTP method>`, v2 the route id */
  readonly id: string;
  readonly authorization: RouteAuthorization;
  readonly apiKeyRequired: boolean;
}

/** An authorizer of the API, whoever made it. */
export interface AuthorizerState {
  readonly id: string;
  readonly name: string;
  /** `REQUEST`, `TOKEN`, `COGNITO_USER_POOLS` or `JWT` */
  readonly type: string;
  /** ARN of the Lambda function, qualifier and all; absent for Cognito and JWT */
  readonly functionArn?: string;
  /** Seconds for which verdicts may be reused; 0: never */
  readonly ttlSeconds: number;
  /** Expressions in the API's own form, such as `method.request.header.Authorization` or `$request.header.Authorization` */
  readonly identitySources: readonly string[];
  /** Role that API Gateway assumes to invoke the function; absent: the function's resource policy allows it */
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

/** A share of a REST stage's traffic that another deployment answers. */
export interface CanaryState {
  readonly deploymentId: string;
  /** 0 to 100 */
  readonly percent: number;
  /** Stage variables that are others for its share; absent: none */
  readonly overrides?: Readonly<Record<string, string>>;
}

export interface StageState {
  readonly name: string;
  readonly deploymentId?: string;
  readonly canary?: CanaryState;
  readonly variables: Readonly<Record<string, string>>;
  /** v2: changes are deployed by themselves */
  readonly autoDeploy: boolean;
  /** v2 quick create: API Gateway keeps the stage, and nobody can change it, its variables neither */
  readonly managed?: true;
  /** REST: whether the stage's response cache is on, for any method */
  readonly cacheEnabled: boolean;
  /**
   * What the deployment that the stage points to asks of callers, by route key; absent where the service does not tell (v2 with
   * `autoDeploy` is always as the routes are). @see GetDeployment with `embed=apisummary`
   */
  readonly deployedRoutes?: Readonly<Record<string, DeployedRoute>>;
}

/** Of a deployment, API Gateway tells the type of authorization, not which authorizer. */
export interface DeployedRoute {
  readonly type: AuthorizationType;
  readonly apiKeyRequired: boolean;
}

export interface DeploymentState {
  readonly id: string;
  readonly description: string;
}

/** Something of an API that could not be looked at: it is not known, which is not the same as "there is none". */
export interface UnreadPart {
  readonly part: "mutual-tls-domains";
  /** One sentence, such as which IAM action is missing on what */
  readonly why: string;
}

/** An API as it is configured now: all that attaching looks at. */
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
  /** Custom domains that map to this API and ask for client certificates */
  readonly mutualTlsDomains: readonly string[];
  /** The CloudFormation stack that owns the API by its `aws:cloudformation:stack-name` tag; absent: none is known */
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
  /** Another AWS service made the API and keeps it: it can be changed through that service only */
  readonly managed?: true;
  /** What could not be read and is missing above; absent: everything was */
  readonly unread?: readonly UnreadPart[];
}
