import type { Now } from "../../domain/time.ts";
import type { InvokeFunction } from "./gateway-resource.ts";

/** What every API of the gateway shares. */
export interface Surroundings {
  readonly region: string;
  readonly accountId: string;
  readonly invoke: InvokeFunction;
  readonly now: Now;
}

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
