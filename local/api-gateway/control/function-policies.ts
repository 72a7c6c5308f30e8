import { createHash } from "node:crypto";
import type { LocalTemplate } from "../../cloudformation/template.ts";
import { nameOf } from "../../lambda/lambda-runtime.ts";
import { likeArn } from "../../lambda/permission.ts";
import { ControlFailure } from "./control-failure.ts";
import { type ControlRequest, label, type Operation, requiredText, text } from "./operation.ts";

/** One statement of a function's resource policy, as AddPermission takes it. */
interface PolicyStatement {
  readonly sid: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
  readonly organization: string | undefined;
}

/** The current resource policies of all functions of a template. */
export interface FunctionPolicies {
  readonly operations: readonly Operation[];
  /**
   * Whether API Gateway may invoke a function for an ARN. The account has no organization, so
   * PrincipalOrgID never matches
   */
  readonly mayInvoke: (functionArn: string, sourceArn: string) => boolean;
}

const PATH = "/2015-03-31/functions/{FunctionName}/policy";
const GATEWAY = "apigateway.amazonaws.com";

/**
 * Serves Lambda's AddPermission, GetPolicy and RemovePermission, starting from the template's
 * permissions. As on AWS, a version or alias has its own policy: a permission on the function does
 * not apply to the alias.
 */
export function openFunctionPolicies(template: LocalTemplate): FunctionPolicies {
  const functions = new Set(template.ofType("AWS::Lambda::Function").map(template.physicalId));
  const policies = new Map<string, Map<string, PolicyStatement>>();
  const policyOf = (name: string): Map<string, PolicyStatement> => {
    const policy = policies.get(name) ?? new Map<string, PolicyStatement>();
    policies.set(name, policy);
    return policy;
  };
  for (const permission of template.ofType("AWS::Lambda::Permission")) {
    const { FunctionName, Action, Principal, SourceArn, SourceAccount, PrincipalOrgID } =
      permission.properties;
    const sid = template.physicalId(permission);
    policyOf(policyKey(String(FunctionName))).set(sid, {
      sid,
      action: String(Action),
      principal: String(Principal),
      sourceArn: SourceArn === undefined ? undefined : String(SourceArn),
      sourceAccount: SourceAccount === undefined ? undefined : String(SourceAccount),
      organization: PrincipalOrgID === undefined ? undefined : String(PrincipalOrgID),
    });
  }
  const qualified = new Set(
    ["AWS::Lambda::Version", "AWS::Lambda::Alias"].flatMap((type) =>
      template.ofType(type).map((one) => policyKey(template.physicalId(one))),
    ),
  );
  const functionOf = (request: ControlRequest): { readonly key: string; readonly arn: string } => {
    const given = policyKey(label(request, "FunctionName"));
    const qualifier = request.query.get("Qualifier");
    const key = qualifier === null || given.includes(":") ? given : `${given}:${qualifier}`;
    const arn = `arn:aws:lambda:${template.region}:${template.accountId}:function:${key}`;
    if (!functions.has(nameOf(key)) || (key.includes(":") && !qualified.has(key)))
      throw resourceNotFound(`Function not found: ${arn}`);
    return { key, arn };
  };
  const operation = (
    [name, method, status, path]: readonly [string, Operation["method"], number, string],
    run: Operation["run"],
  ): Operation => ({ service: "lambda", name, method, path, status, run });
  const operations = [
    operation(["AddPermission", "POST", 201, PATH], (request) => {
      const { key, arn } = functionOf(request);
      const statement = readStatement(request);
      if (policyOf(key).has(statement.sid))
        throw lambdaFailure(
          409,
          "ResourceConflictException",
          `The statement id (${statement.sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        );
      policyOf(key).set(statement.sid, statement);
      return { Statement: JSON.stringify(statementShape(statement, arn)) };
    }),
    operation(["GetPolicy", "GET", 200, PATH], (request) => {
      const { key, arn } = functionOf(request);
      const statements = [...policyOf(key).values()].map((one) => statementShape(one, arn));
      if (statements.length === 0) throw resourceNotFound("The resource you requested does not exist.");
      const Policy = JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
      return { Policy, RevisionId: revisionOf(Policy) };
    }),
    operation(["RemovePermission", "DELETE", 204, `${PATH}/{StatementId}`], (request) => {
      const { key } = functionOf(request);
      const sid = label(request, "StatementId");
      if (!policyOf(key).delete(sid))
        throw resourceNotFound(`Statement ${sid} is not found in resource policy.`);
    }),
  ];
  return {
    operations,
    mayInvoke: (functionArn, sourceArn) =>
      [...policyOf(policyKey(functionArn)).values()].some((statement) => allows(statement, sourceArn)),
  };
}

/** Name of the function, with a colon and the qualifier where there is one. */
function policyKey(functionArnOrName: string): string {
  const parts = functionArnOrName.split(":");
  const [name = "", qualifier] = functionArnOrName.startsWith("arn:") ? parts.slice(6) : parts;
  return qualifier === undefined ? name : `${name}:${qualifier}`;
}

function readStatement(request: ControlRequest): PolicyStatement {
  const sid = requiredText(request, "StatementId");
  if (!/^[a-zA-Z0-9-_]{1,100}$/.test(sid))
    throw invalid(`StatementId ${sid} may hold letters, digits, - and _`);
  const action = requiredText(request, "Action");
  if (!/^lambda:[*a-zA-Z]+$/.test(action)) throw invalid(`Action ${action} must be an action of Lambda`);
  return {
    sid,
    action,
    principal: requiredText(request, "Principal"),
    sourceArn: text(request, "SourceArn"),
    sourceAccount: text(request, "SourceAccount"),
    organization: text(request, "PrincipalOrgID"),
  };
}

function allows(statement: PolicyStatement, source: string): boolean {
  const { action, principal, sourceArn, sourceAccount, organization } = statement;
  return (
    organization === undefined &&
    (principal === GATEWAY || principal === "*") &&
    (action === "lambda:InvokeFunction" || action === "lambda:*") &&
    (sourceArn === undefined || likeArn(sourceArn).test(source)) &&
    (sourceAccount === undefined || sourceAccount === source.split(":")[4])
  );
}

function statementShape(statement: PolicyStatement, arn: string): Readonly<Record<string, unknown>> {
  const { sid, action, principal, sourceArn, sourceAccount, organization } = statement;
  const account = /^\d{12}$/.test(principal) ? { AWS: `arn:aws:iam::${principal}:root` } : undefined;
  const service = principal.endsWith(".amazonaws.com") ? { Service: principal } : undefined;
  const condition = {
    ...(sourceArn !== undefined && { ArnLike: { "AWS:SourceArn": sourceArn } }),
    ...((sourceAccount !== undefined || organization !== undefined) && {
      StringEquals: {
        ...(sourceAccount !== undefined && { "AWS:SourceAccount": sourceAccount }),
        ...(organization !== undefined && { "aws:PrincipalOrgID": organization }),
      },
    }),
  };
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: account ?? service ?? (principal === "*" ? "*" : { AWS: principal }),
    Action: action,
    Resource: arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** Has the form of a UUID; equal policies give equal ids. */
function revisionOf(policy: string): string {
  const digest = createHash("sha256").update(policy).digest("hex");
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

const lambdaFailure = (status: number, type: string, message: string): ControlFailure =>
  new ControlFailure(status, type, message, { Type: "User", Message: message });
const resourceNotFound = (message: string): ControlFailure =>
  lambdaFailure(404, "ResourceNotFoundException", message);
const invalid = (message: string): ControlFailure =>
  lambdaFailure(400, "InvalidParameterValueException", message);
