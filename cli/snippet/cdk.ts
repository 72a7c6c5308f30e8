import { leftToDo, type SnippetRequest, type WriteSnippet } from "./request.ts";

/** A module of TypeScript for the AWS CDK with one function, which takes the owner's API. */
export const writeCdk: WriteSnippet = (request) => {
  const { api } = request;
  const body = api === "rest" ? rest(request) : api === "http" ? http(request) : webSocket(request);
  return [
    `// AWS CDK: ${api} API behind Sallyport. Call protect from your stack instead of adding these routes there.`,
    ...leftToDo(request).map((line) => `// ${line}`),
    ...body,
    "",
  ].join("\n");
};

const json = (value: unknown): string => JSON.stringify(value);

const enforcement = ({ enforce }: SnippetRequest): string =>
  enforce === "all" ? '"all"' : json(enforce === "none" ? [] : enforce.split(","));

const imports = (request: SnippetRequest): string[] => [
  ...(request.credentialsRole === undefined ? [] : ['import { Role } from "aws-cdk-lib/aws-iam";']),
  'import { enforce, SallyportAuthorizer } from "sallyport";',
];

/** Lines inside the function, which name the authorizer function. */
const named = ({ authorizer, credentialsRole }: SnippetRequest): string[] => [
  "arn" in authorizer
    ? `  const sallyport = SallyportAuthorizer.fromArn(${json(authorizer.arn)});`
    : `  const sallyport = SallyportAuthorizer.fromParameter(${json(authorizer.parameter)});`,
  ...(credentialsRole === undefined
    ? []
    : [`  const invokeRole = Role.fromRoleArn(api, "SallyportInvokeRole", ${json(credentialsRole)});`]),
];

const options = ({ credentialsRole }: SnippetRequest, more: readonly string[] = []): string => {
  const all = [...(credentialsRole === undefined ? [] : ["invokeRole"]), ...more];
  return all.length === 0 ? "" : `, { ${all.join(", ")} }`;
};

function rest(request: SnippetRequest): string[] {
  const { routes, allowOrigin } = request;
  const paths = [...new Set(routes.map(({ path }) => path))];
  const origin = json(allowOrigin);
  return [
    'import { Cors, type Integration, type RestApi } from "aws-cdk-lib/aws-apigateway";',
    ...imports(request),
    "",
    "export function protect(api: RestApi, integration: Integration): void {",
    ...named(request),
    "  // With the gateway responses that show clients why they were denied.",
    `  const authorizer = sallyport.rest(api, "Sallyport"${options(request, [`gatewayResponses: { allowOrigin: ${origin} }`])});`,
    ...routes.map(
      ({ method, path }) =>
        `  api.root.resourceForPath(${json(path)}).addMethod(${json(method)}, integration, { authorizer });`,
    ),
    "  // Preflights stay open; leave these out if the API has them.",
    ...paths.map(
      (path) =>
        `  api.root.resourceForPath(${json(path)}).addCorsPreflight({ allowOrigins: ${allowOrigin === "*" ? "Cors.ALL_ORIGINS" : `[${origin}]`}, allowHeaders: [...Cors.DEFAULT_HEADERS, "DPoP"] });`,
    ),
    `  enforce(api.deploymentStage, ${enforcement(request)});`,
    "}",
  ];
}

function http(request: SnippetRequest): string[] {
  return [
    'import { type HttpApi, HttpMethod, type HttpRouteIntegration, type IStage } from "aws-cdk-lib/aws-apigatewayv2";',
    ...imports(request),
    "",
    "// Set corsPreflight on the API if browsers call it: API Gateway then answers preflights.",
    "export function protect(api: HttpApi, integration: HttpRouteIntegration, stage: IStage): void {",
    ...named(request),
    `  const authorizer = sallyport.http("Sallyport"${options(request)});`,
    ...request.routes.map(
      ({ method, path }) =>
        `  api.addRoutes({ path: ${json(path)}, methods: [HttpMethod.${method}], integration, authorizer });`,
    ),
    `  enforce(stage, ${enforcement(request)});`,
    "}",
  ];
}

function webSocket(request: SnippetRequest): string[] {
  return [
    'import type { IStage, WebSocketApi, WebSocketRouteIntegration } from "aws-cdk-lib/aws-apigatewayv2";',
    ...imports(request),
    "",
    "export function protect(api: WebSocketApi, integration: WebSocketRouteIntegration, stage: IStage): void {",
    ...named(request),
    `  const authorizer = sallyport.webSocket("Sallyport"${options(request)});`,
    '  api.addRoute("$connect", { integration, authorizer });',
    `  enforce(stage, ${enforcement(request)});`,
    "}",
  ];
}
