import {
  AddPermissionCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import type { InvokePermission } from "../../domain/attach/control.ts";
import { ignoreMissing } from "./already-there.ts";
import { type ControlAccess, controlClientConfig } from "./control-client.ts";
import { ControlError } from "./control-error.ts";
import type { Pace } from "./pace.ts";

const PRINCIPAL = "apigateway.amazonaws.com";
const ACTION = "lambda:InvokeFunction";
/**
 * A statement with our id that we did not write: it allows other sources or principals, or has
 * conditions.
 */
const FOREIGN = "a statement of another kind";

export const createLambdaClient = (access: ControlAccess): LambdaClient =>
  new LambdaClient(controlClientConfig(access));

/**
 * The statements of the function's resource policy. With a qualifier in the ARN it is the policy of
 * that version or alias, which applies when API Gateway invokes it by that ARN. Rejects with
 * ControlError.
 */
export function createInvokePermission(
  client: Pick<LambdaClient, "send">,
  pace: Pace,
  functionArn: string,
): InvokePermission {
  const target = targetOf(functionArn);

  const find = async (statementId: string): Promise<string | undefined> => {
    let policy: string | undefined;
    await ignoreMissing(
      pace.call("GetPolicy", async () => {
        policy = (await client.send(new GetPolicyCommand(target))).Policy;
      }),
    );
    const statement = statementsOf(policy).find(({ Sid }) => Sid === statementId);
    return statement === undefined ? undefined : sourceOf(statement);
  };

  return {
    find,

    grant: async (statementId, sourceArn) => {
      try {
        await pace.call("AddPermission", () =>
          client.send(
            new AddPermissionCommand({
              ...target,
              StatementId: statementId,
              Action: ACTION,
              Principal: PRINCIPAL,
              SourceArn: sourceArn,
            }),
          ),
        );
      } catch (error) {
        if (!(error instanceof ControlError) || error.kind !== "conflict") throw error;
        const found = await find(statementId);
        if (found === sourceArn) return;
        if (found === undefined) throw error;
        throw new ControlError({
          kind: "conflict",
          operation: "AddPermission",
          message: `The policy of ${functionArn} already has a statement ${statementId}, for ${found} and not for ${sourceArn}.`,
          next: `Remove it with aws lambda remove-permission --statement-id ${statementId}, and run the same command again.`,
        });
      }
    },

    revoke: (statementId) =>
      ignoreMissing(
        pace.call("RemovePermission", () =>
          client.send(new RemovePermissionCommand({ ...target, StatementId: statementId })),
        ),
      ),
  };
}

/**
 * The qualifier is a parameter by itself: not every Lambda call accepts an ARN that ends in one.
 */
function targetOf(functionArn: string): { FunctionName: string; Qualifier?: string } {
  const parts = functionArn.split(":");
  const [Qualifier] = parts.slice(7);
  return {
    FunctionName: parts.slice(0, 7).join(":"),
    ...(Qualifier !== undefined && { Qualifier }),
  };
}

interface Statement {
  readonly Sid?: unknown;
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Principal?: { readonly Service?: unknown };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function statementsOf(policy: string | undefined): readonly Statement[] {
  if (policy === undefined) return [];
  try {
    const { Statement: found } = JSON.parse(policy) as { Statement?: unknown };
    return Array.isArray(found) ? (found as Statement[]) : [];
  } catch {
    throw new ControlError({
      kind: "invalid",
      operation: "GetPolicy",
      message: "The function's policy is not JSON.",
      next: "Check it with aws lambda get-policy.",
    });
  }
}

function sourceOf({ Effect, Action, Principal, Condition = {} }: Statement): string {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ operator, key: key.toLowerCase(), value })),
  );
  const [only] = conditions;
  const isOurs =
    Effect === "Allow" &&
    Action === ACTION &&
    Principal?.Service === PRINCIPAL &&
    conditions.length === 1 &&
    only?.operator === "ArnLike" &&
    only.key === "aws:sourcearn";
  return isOurs && typeof only.value === "string" ? only.value : FOREIGN;
}
