import type { Now } from "../../../domain/time.ts";
import type { InvokeFunction } from "./gateway-resource.ts";

/** Whether the function's current resource policy lets API Gateway invoke it for this ARN. */
export type MayInvoke = (functionArn: string, sourceArn: string) => boolean;

/** What all APIs of the gateway share. */
export interface Surroundings {
  readonly region: string;
  readonly accountId: string;
  readonly invoke: InvokeFunction;
  readonly mayInvoke: MayInvoke;
  readonly now: Now;
}

/** The ARN for which API Gateway invokes an authorizer's function. */
export const authorizerArn = (
  { region, accountId }: Pick<Surroundings, "region" | "accountId">,
  apiId: string,
  authorizerId: string,
): string => `arn:aws:execute-api:${region}:${accountId}:${apiId}/authorizers/${authorizerId}`;

export const domainName = ({ region }: Pick<Surroundings, "region">, apiId: string): string =>
  `${apiId}.execute-api.${region}.amazonaws.com`;

/** `path` starts with a slash, which becomes the ARN's separator. */
export const executeArn = (
  { region, accountId }: Pick<Surroundings, "region" | "accountId">,
  apiId: string,
  stage: string,
  method: string,
  path: string,
): string => `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path}`;
