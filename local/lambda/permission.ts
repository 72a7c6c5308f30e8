import type { LocalTemplate } from "../cloudformation/template.ts";
import { nameOf } from "./lambda-runtime.ts";

/**
 * Whether the template lets a service invoke a function on behalf of a resource
 * (AWS::Lambda::Permission). A permission without SourceArn covers every source; `*` and `?` match
 * as in IAM. Does not check SourceAccount, organizations or conditions.
 *
 * @param principal such as `events.amazonaws.com`
 */
export function mayInvoke(
  template: LocalTemplate,
  functionArnOrName: string,
  principal: string,
  sourceArn: string,
): boolean {
  return template.ofType("AWS::Lambda::Permission").some(({ properties }) => {
    const { FunctionName, Principal, Action, SourceArn } = properties;
    return (
      nameOf(String(FunctionName)) === nameOf(functionArnOrName) &&
      Principal === principal &&
      (Action === "lambda:InvokeFunction" || Action === "lambda:*") &&
      (SourceArn === undefined || likeArn(String(SourceArn)).test(sourceArn))
    );
  });
}

/** Matches a source ARN, with `*` and `?` as in IAM. */
export function likeArn(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}
