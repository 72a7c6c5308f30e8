import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type ControlAccess, controlClientConfig } from "./control-client.ts";
import { ControlError } from "./control-error.ts";
import type { Pace } from "./pace.ts";

/** The identity behind the credentials in use. */
export interface CallerIdentity {
  /** Twelve digits */
  readonly accountId: string;
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  /** The user's or role session's ARN */
  readonly arn: string;
}

export const createIdentityClient = (access: ControlAccess): STSClient =>
  new STSClient(controlClientConfig(access));

/** Asks STS, which needs no permission. Rejects with ControlError. */
export async function readCallerIdentity(
  client: Pick<STSClient, "send">,
  pace: Pace,
): Promise<CallerIdentity> {
  const operation = "GetCallerIdentity";
  const { Account, Arn } = await pace.call(operation, () => client.send(new GetCallerIdentityCommand({})));
  const partition = Arn?.split(":")[1];
  if (Account === undefined || Arn === undefined || partition === undefined)
    throw new ControlError({
      kind: "credentials",
      operation,
      message: "STS returned no identity for these credentials.",
      next: "Check with aws sts get-caller-identity.",
    });
  return { accountId: Account, partition, arn: Arn };
}

/**
 * The client's Region: configured, from the environment, or from the AWS profile. Rejects if there
 * is none.
 */
export async function readRegion(client: Pick<STSClient, "config">): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    throw new ControlError({
      kind: "credentials",
      operation: "GetCallerIdentity",
      message: "No AWS Region is set.",
      next: "Set --region, AWS_REGION, or a region in the AWS profile.",
    });
  }
}
