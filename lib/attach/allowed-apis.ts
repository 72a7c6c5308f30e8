import { createHash } from "node:crypto";
import { Stack } from "aws-cdk-lib";
import { OrganizationPrincipal, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { ACCOUNT_ID, API_ARN, ORGANIZATION_ID } from "../../configuration/allowed-apis.ts";
import { SynthesisError } from "../synthesis-error.ts";

/** APIs elsewhere that may ask the authorizer function. */
export interface AllowedApis {
  /**
   * ARNs of APIs, or of one authorizer of an API each.
   * @default - none
   */
  readonly apis?: readonly string[];
  /**
   * Accounts of which every API may ask, in any Region.
   * @default - none
   */
  readonly accounts?: readonly string[];
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
 * Lets every API of another account ask the authorizer, in every Region: for accounts that make
 * APIs faster than their ids can be listed.
 * @throws SynthesisError for anything but twelve digits
 */
export function allowAccount(authorizer: IFunction, account: string): void {
  demand(ACCOUNT_ID, account, "an account's id of twelve digits");
  const { partition } = Stack.of(authorizer);
  authorizer.addPermission(idOf("AllowAccount", account), {
    principal: GATEWAY,
    sourceArn: `arn:${partition}:execute-api:*:${account}:*/authorizers/*`,
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
  for (const account of new Set(allowed.accounts)) allowAccount(authorizer, account);
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
