import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { clientConfig } from "../shop/clients.ts";
import type { Shop } from "../shop/shop.ts";

/** The SDK's clients for the shop's control plane, with one attempt at each call. */
export function clientsOf(shop: Shop) {
  const config = clientConfig(shop.stack.control.endpoint);
  return {
    rest: new APIGatewayClient(config),
    http: new ApiGatewayV2Client(config),
    lambda: new LambdaClient(config),
  };
}

export const invokeUri = (functionArn: string): string =>
  `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

/** Status of a GET with a bearer token, or without one. */
export async function statusOf(url: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response.status;
}
