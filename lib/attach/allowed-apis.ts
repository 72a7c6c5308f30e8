import { createHash } from "node:crypto";
import { Stack } from "aws-cdk-lib";
import { OrganizationPrincipal, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { ACCOUNT_ID, API_ARN, ORGANIZATION_ID, REGION } from "../../configuration/allowed-apis.ts";
import { SynthesisError } from "../synthesis-error.ts";

/** APIs elsewhere that may ask the authorizer function. */
export interface AllowedApis {
  /**
   * ARNs of APIs, or of one authorizer of an API each.
   * @default - none
   */
  readonly apis?: readonly string[];
  /**
   * Accounts of which every API may ask, in the Regions of `regions`.
   * @default - none
   */
  readonly accounts?: readonly string[];
  /**
   * Regions of the APIs of `accounts`.
   * @default - the Region of the authorizer's stack
   */
  readonly regions?: readonly string[];
  /**
   * An organisation of AWS Organizations whose roles may ask.
   * @default - none
   */
  readonly organization?: string;
}

const GATEWAY = new ServicePrincipal("apigateway.amazonaws.com");

/**
 * Lets one API of any account and Region ask the authorizer: API Gateway may invoke the function
 * for the authorizers of this API.
 * @param apiArn `arn:aws:execute-api:<region>:<account>:<API id>`, with `/authorizers/<id>` behind
 *   it for one authorizer alone
 * @throws SynthesisError for anything else
 */
export function allowApi(authorizer: IFunction, apiArn: string): void {
  demand(
    API_ARN,
    apiArn,
    "the ARN of an API such as arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5",
  );
  const sourceArn = apiArn.includes("/") ? apiArn : `${apiArn}/authorizers/*`;
  authorizer.addPermission(idOf("AllowApi", apiArn), { principal: GATEWAY, sourceArn });
}

/**
 * Lets every API of another account in one Region ask the authorizer: for accounts that make APIs
 * faster than their ids can be listed. Lambda accepts no wildcard in place of the Region.
 * @param region for example `eu-west-1`; by default the Region of the authorizer's stack
 * @throws SynthesisError for an account of anything but twelve digits, or what is no Region
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function allowAccount(authorizer: IFunction, account: string, region?: string): void {
  demand(ACCOUNT_ID, account, "an account's id of twelve digits");
  if (region !== undefined) demand(REGION, region, "an AWS Region such as eu-central-1");
  const own = Stack.of(authorizer);
  authorizer.addPermission(idOf("AllowAccount", region === undefined ? account : `${account} ${region}`), {
    principal: GATEWAY,
    sourceArn: `arn:${own.partition}:execute-api:${region ?? own.region}:${account}:*/authorizers/*`,
  });
}

/**
 * Lets roles of an organisation ask the authorizer. API Gateway itself belongs to no organisation,
 * and where it calls in its own name this allows nothing: authorizers need an `invokeRole` of the
 * API's account, which their account grants `lambda:InvokeFunction`.
 * @throws SynthesisError for anything but an organisation's id
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-organization.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
 */
export function allowOrganization(authorizer: IFunction, organization: string): void {
  demand(ORGANIZATION_ID, organization, "an organisation's id such as o-a1b2c3d4e5");
  authorizer.addPermission(idOf("AllowOrganization", organization), {
    principal: new OrganizationPrincipal(organization),
  });
}

/** All of the above at once; what stands twice is allowed once. */
export function allowApis(authorizer: IFunction, allowed: AllowedApis): void {
  for (const arn of new Set(allowed.apis)) allowApi(authorizer, arn);
  const regions = allowed.regions === undefined ? [undefined] : new Set(allowed.regions);
  for (const account of new Set(allowed.accounts)) {
    for (const region of regions) allowAccount(authorizer, account, region);
  }
  if (allowed.organization !== undefined) allowOrganization(authorizer, allowed.organization);
}

function demand(form: RegExp, value: string, what: string): void {
  if (!form.test(value)) throw new SynthesisError(`${JSON.stringify(value)} is not ${what}.`);
}

/**
 * The same for the same value whatever else is allowed, so that a shorter list replaces no other
 * statement.
 */
const idOf = (kind: string, value: string): string =>
  `${kind}${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
