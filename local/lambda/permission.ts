import type { LocalTemplate } from "../cloudformation/template.ts";
import { nameOf } from "./lambda-runtime.ts";

/**
 * Tells whether the template lets a service invoke a function on behalf of a resource (AWS::Lambda::Permission).
 * A permission without SourceArn covers every source; `*` and `?` in one stand for what they stand for in IAM.
 * Does not look at SourceAccount, organizations or conditions.
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

/** What matches a source ARN, in which `*` and `?` stand for what they stand for in IAM. */
export function likeArn(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}
