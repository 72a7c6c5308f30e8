import type { Now } from "../../../domain/time.ts";
import type { InvokeFunction } from "./gateway-resource.ts";

/** Whether the function's resource policy lets API Gateway invoke it in the name of this ARN, as the policy is now. */
export type MayInvoke = (functionArn: string, sourceArn: string) => boolean;

/** What every API of the gateway shares. */
export interface Surroundings {
  readonly region: string;
  readonly accountId: string;
  readonly invoke: InvokeFunction;
  readonly mayInvoke: MayInvoke;
  readonly now: Now;
}

/** In whose name an authorizer's function is invoked. */
export const authorizerArn = (
  { region, accountId }: Pick<Surroundings, "region" | "accountId">,
  apiId: string,
  authorizerId: string,
): string => `arn:aws:execute-api:${region}:${accountId}:${apiId}/authorizers/${authorizerId}`;

export const domainName = ({ region }: Pick<Surroundings, "region">, apiId: string): string =>
  `${apiId}.execute-api.${region}.amazonaws.com`;

/** `path` comes with its leading slash, which the ARN's separator replaces. */
export const executeArn = (
  { region, accountId }: Pick<Surroundings, "region" | "accountId">,
  apiId: string,
  stage: string,
  method: string,
  path: string,
): string => `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path}`;
