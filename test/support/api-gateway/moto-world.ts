import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { AdapterWorld } from "./adapter-world.ts";
import { startMotoComplement } from "./moto-complement.ts";

/** moto's own */
const ACCOUNT = "123456789012";
const REGION = "eu-central-1";

/** A zip archive without files; it is never run. */
const EMPTY_ZIP = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");

/** Makes what the suite works on by the SDK, at a server of moto's. */
export async function createMotoWorld(motoUrl: string): Promise<AdapterWorld> {
  await fetch(`${motoUrl}/moto-api/reset`, { method: "POST" });
  const complement = await startMotoComplement(motoUrl);
  const { url } = complement;
  for (const service of ["API_GATEWAY", "APIGATEWAYV2", "LAMBDA", "STS"])
    process.env[`AWS_ENDPOINT_URL_${service}`] = url;
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const config = {
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const functionArn = await createFunction(config);
  const address = (apiId: string) => ({ accountId: ACCOUNT, region: REGION, apiId });
  const http = new ApiGatewayV2Client(config);
  return {
    region: REGION,
    accountId: ACCOUNT,
    rest: address(await createRest(new APIGatewayClient(config), functionArn)),
    http: address(await createHttp(http, functionArn, "HTTP", ["GET /orders", "POST /orders"], "live")),
    chat: address(await createHttp(http, functionArn, "WEBSOCKET", ["$connect", "$default"], "prod")),
    functionArn,
    complemented: complement.answered,
    close: complement.close,
  };
}

type Config = ConstructorParameters<typeof LambdaClient>[0] & { readonly endpoint: string };

async function createFunction(config: Config): Promise<string> {
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
    ],
  };
  const role = new URLSearchParams({
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: "function",
    AssumeRolePolicyDocument: JSON.stringify(trust),
  });
  const answer = await fetch(config.endpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      // moto tells services apart by what a request was signed for, and checks no signature.
      Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/iam/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: role,
  });
  if (!answer.ok) throw new Error(`moto refuses CreateRole: ${await answer.text()}`);
  const { FunctionArn = "" } = await new LambdaClient(config).send(
    new CreateFunctionCommand({
      FunctionName: "authorizer",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: `arn:aws:iam::${ACCOUNT}:role/function`,
      Code: { ZipFile: EMPTY_ZIP },
    }),
  );
  return FunctionArn;
}

async function createRest(client: APIGatewayClient, functionArn: string): Promise<string> {
  const { id: restApiId = "", rootResourceId = "" } = await client.send(
    new CreateRestApiCommand({ name: "shop" }),
  );
  const resource = async (parentId: string, pathPart: string): Promise<string> =>
    (await client.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))).id ?? "";
  const orders = await resource(rootResourceId, "orders");
  const one = await resource(orders, "{id}");
  for (const [resourceId, httpMethod] of [
    [orders, "GET"],
    [orders, "POST"],
    [one, "GET"],
  ] as const) {
    const method = { restApiId, resourceId, httpMethod };
    await client.send(new PutMethodCommand({ ...method, authorizationType: "NONE" }));
    await client.send(
      new PutIntegrationCommand({
        ...method,
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
      }),
    );
  }
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: "prod", description: "first" }));
  return restApiId;
}

async function createHttp(
  client: ApiGatewayV2Client,
  functionArn: string,
  ProtocolType: "HTTP" | "WEBSOCKET",
  routes: readonly string[],
  StageName: string,
): Promise<string> {
  const { ApiId = "" } = await client.send(
    new CreateApiCommand({
      Name: `shop-${ProtocolType}`,
      ProtocolType,
      ...(ProtocolType === "WEBSOCKET" && { RouteSelectionExpression: "$request.body.action" }),
    }),
  );
  const { IntegrationId } = await client.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri: functionArn,
      PayloadFormatVersion: ProtocolType === "HTTP" ? "2.0" : "1.0",
    }),
  );
  for (const RouteKey of routes)
    await client.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }));
  // Without a deployment: moto has no CreateDeployment for these kinds.
  await client.send(new CreateStageCommand({ ApiId, StageName }));
  return ApiId;
}
