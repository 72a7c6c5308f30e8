import { Annotations, Stack } from "aws-cdk-lib";
import type { IRestApi, RequestAuthorizer } from "aws-cdk-lib/aws-apigateway";
import type {
  CfnAuthorizer,
  HttpRouteAuthorizerBindOptions,
  HttpRouteAuthorizerConfig,
  IHttpRouteAuthorizer,
  IWebSocketRouteAuthorizer,
  WebSocketRouteAuthorizerBindOptions,
  WebSocketRouteAuthorizerConfig,
} from "aws-cdk-lib/aws-apigatewayv2";
import { type IRole, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import type { ApiKind } from "../../domain/attach/api-state.ts";
import { assertSameEnvironment, type FunctionPlace, placeOfArn, reachFrom } from "./authorizer-place.ts";
import {
  type GatewayAuthorizerProps,
  httpAuthorizer,
  restAuthorizer,
  webSocketAuthorizer,
} from "./gateway-authorizers.ts";
import { addRestGatewayResponses, type RestGatewayResponsesProps } from "./rest-gateway-responses.ts";

/**
 * Where a deployment of Sallyport tells its authorizer's ARN, unless `parameterPrefix` says
 * otherwise.
 */
export const AUTHORIZER_PARAMETER = "/sallyport/authorizer-arn";

/** How an API is attached; the authorizer is known already. */
export type AttachOptions = Omit<GatewayAuthorizerProps, "authorizer">;

/** How a REST API is attached. */
export interface RestAttachOptions extends AttachOptions {
  /**
   * The API, where no method of this app takes the authorizer: one that was imported.
   * @default - the API of the first method that takes the authorizer
   */
  readonly restApi?: IRestApi;
  /**
   * How denials are answered, or false for an API that has its own gateway responses.
   * @default - the authorizer's reasons and challenges, readable from every origin
   */
  readonly gatewayResponses?: RestGatewayResponsesProps | false;
}

const GATEWAY = new ServicePrincipal("apigateway.amazonaws.com");
const RESPONSES_ID = "SallyportGatewayResponses";

/**
 * Names the authorizer function of a deployed Sallyport, and makes authorizers of it for APIs of
 * any stack. Where the function is in the API's account and Region, the permission to invoke it
 * is in the API's stack; where it is not, Sallyport's side has to allow the API (`attach` in
 * sallyport.json, or `allowApi`), and synthesis says so.
 */
export class SallyportAuthorizer {
  readonly #place: FunctionPlace;
  readonly #functionIn: (scope: Construct, id: string, permitted: boolean) => IFunction;

  private constructor(
    place: FunctionPlace,
    functionIn: (scope: Construct, id: string, permitted: boolean) => IFunction,
  ) {
    this.#place = place;
    this.#functionIn = functionIn;
  }

  /**
   * The function of a Sallyport in the same app:
   * `SallyportAuthorizer.of(sallyport.core.authorizer.function)`.
   */
  static of(authorizer: IFunction): SallyportAuthorizer {
    return new SallyportAuthorizer({}, (scope, id, permitted) => {
      assertSameEnvironment(authorizer, scope);
      // By ARN even in its own stack: a permission on the function itself could not be left out,
      // and would not be in the API's stack.
      return importFunction(scope, id, authorizer.functionArn, permitted);
    });
  }

  /**
   * The function that an ARN names.
   * @param known where the function is, if the ARN is known only at deployment
   * @throws SynthesisError for a text that is no ARN of a function
   */
  static fromArn(functionArn: string, known: FunctionPlace = {}): SallyportAuthorizer {
    return new SallyportAuthorizer(placeOfArn(functionArn, known), (scope, id, permitted) =>
      importFunction(scope, id, functionArn, permitted),
    );
  }

  /**
   * The function whose ARN an SSM parameter of the API's account and Region holds, read at
   * deployment.
   * @param known where the function is, if the parameter was copied from another account
   */
  static fromParameter(
    parameterName: string = AUTHORIZER_PARAMETER,
    known: FunctionPlace = {},
  ): SallyportAuthorizer {
    return new SallyportAuthorizer(known, (scope, id, permitted) =>
      importFunction(scope, id, StringParameter.valueForStringParameter(scope, parameterName), permitted),
    );
  }

  /**
   * An authorizer for methods of one REST API. The first method that takes it gives the API its
   * gateway responses. Methods that an imported API has already, and its deployments, CDK cannot
   * change: `sallyport attach` can.
   */
  rest(scope: Construct, id: string, options: RestAttachOptions = {}): RequestAuthorizer {
    const { restApi, gatewayResponses = {}, ...common } = options;
    const authorizer = restAuthorizer(scope, id, {
      ...common,
      authorizer: this.#prepare(scope, id, "rest", options.invokeRole),
      attached: (api) => {
        if (gatewayResponses === false || api.node.tryFindChild(RESPONSES_ID) !== undefined) return;
        addRestGatewayResponses(new Construct(api, RESPONSES_ID), api, gatewayResponses);
      },
    });
    if (restApi !== undefined) {
      authorizer._attachToApi(restApi);
      if (restApi.latestDeployment === undefined) {
        Annotations.of(authorizer).addInfoV2(
          "sallyport:importedApi",
          "CDK changes no method that the imported API has already, and does not deploy it. Let its owner's stack do both, or use sallyport attach.",
        );
      }
    }
    return authorizer;
  }

  /**
   * An authorizer for routes of one HTTP API: a route's `authorizer`, or the API's
   * `defaultAuthorizer`.
   */
  http(id: string, options: AttachOptions = {}): IHttpRouteAuthorizer {
    return new BoundOnce<HttpRouteAuthorizerBindOptions, HttpRouteAuthorizerConfig>((scope) =>
      httpAuthorizer(id, {
        ...options,
        authorizer: this.#prepare(scope, id, "http", options.invokeRole),
      }),
    );
  }

  /** An authorizer for the `$connect` route of one WebSocket API. */
  webSocket(id: string, { invokeRole }: Pick<AttachOptions, "invokeRole"> = {}): IWebSocketRouteAuthorizer {
    return new BoundOnce<WebSocketRouteAuthorizerBindOptions, WebSocketRouteAuthorizerConfig>((scope) => {
      const made = webSocketAuthorizer(id, {
        authorizer: this.#prepare(scope, id, "websocket", invokeRole),
      });
      return {
        bind: (options) => {
          const config = made.bind(options);
          // CDK has no property for it.
          const resource = scope.node.findChild(id).node.defaultChild as CfnAuthorizer;
          if (invokeRole !== undefined) resource.authorizerCredentialsArn = invokeRole.roleArn;
          return config;
        },
      };
    });
  }

  /**
   * A role by which API Gateway may invoke the function and do nothing else: the `invokeRole` of
   * authorizers in the scope's account. A Sallyport that allows a whole organisation needs it,
   * since API Gateway itself is in none.
   */
  invokeRole(scope: Construct, id: string): Role {
    const role = new Role(scope, id, {
      assumedBy: GATEWAY,
      description: "Lets API Gateway ask Sallyport's authorizer",
    });
    const { functionArn } = this.#functionIn(role, "Function", false);
    role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }));
    return role;
  }

  #prepare(scope: Construct, id: string, kind: ApiKind, invokeRole: IRole | undefined): IFunction {
    const reach = reachFrom(scope, kind, this.#place);
    const permitted = reach === "here" && invokeRole === undefined;
    if (reach === "elsewhere" && invokeRole === undefined) {
      const { account, region } = Stack.of(scope);
      Annotations.of(scope).addInfoV2(
        "sallyport:allowApi",
        `${id}: Sallyport is in another account or Region, and has to allow this API there before it is asked: put "arn:aws:execute-api:${region}:${account}:<API id>" into attach.apis of its sallyport.json.`,
      );
    }
    return this.#functionIn(scope, `${id}Function`, permitted);
  }
}

/** Waits with the making until the first route tells the scope, as CDK's own authorizers do. */
class BoundOnce<Options extends { readonly scope: Construct }, Config> {
  readonly #make: (scope: Construct) => { bind(options: Options): Config };
  #made: { bind(options: Options): Config } | undefined;

  constructor(make: (scope: Construct) => { bind(options: Options): Config }) {
    this.#make = make;
  }

  bind(options: Options): Config {
    this.#made ??= this.#make(options.scope);
    return this.#made.bind(options);
  }
}

/** Without `permitted` CDK adds nothing to the function's resource policy. */
const importFunction = (scope: Construct, id: string, functionArn: string, permitted: boolean): IFunction =>
  LambdaFunction.fromFunctionAttributes(scope, id, {
    functionArn,
    sameEnvironment: permitted,
    skipPermissions: !permitted,
  });
