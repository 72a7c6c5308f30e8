import {
  listOf,
  propertiesOf,
  type Resources,
  recordOf,
  referencesIn,
  textOf,
} from "./template-resources.ts";

const GATEWAY = "apigateway.amazonaws.com";
// The API must be one, and not any; what a template fills in counts as a name.
const OF_ONE_API = /^arn:[^:]+:execute-api:[^:]+:[^:*?]+:[^:/*?]+(\/|$)/;
const INVOKING = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync"];

/**
 * Who may invoke these functions besides API Gateway on behalf of one named API: each a sentence.
 * Sees permissions, function URLs, event source mappings and IAM statements that name the function,
 * an alias or a version of it. Does not see IAM statements about all functions, nor other accounts'
 * and other apps' policies.
 */
export function otherInvokers(resources: Resources, functions: ReadonlySet<string>): string[] {
  const names = withAliases(resources, functions);
  const concerns = (value: unknown) => [...referencesIn(value)].some((id) => names.has(id));
  return Object.entries(resources).flatMap(([id, resource]): string[] => {
    const properties = propertiesOf(resource);
    switch (resource.Type) {
      case "AWS::Lambda::Url":
        return concerns(properties.TargetFunctionArn) ? [`${id}: a function URL leads past the gateway`] : [];
      case "AWS::Lambda::EventSourceMapping":
        return concerns(properties.FunctionName)
          ? [`${id}: an event source invokes a function that accepts only the gateway`]
          : [];
      case "AWS::Lambda::Permission": {
        if (!concerns(properties.FunctionName)) return [];
        const [principal, source] = [textOf(properties.Principal), textOf(properties.SourceArn)];
        if (principal !== GATEWAY)
          return [`${id}: lets ${principal} invoke a function that accepts only the gateway`];
        if (OF_ONE_API.test(source.replace(/\$\{[^}]*\}/g, "name"))) return [];
        return [
          `${id}: lets API Gateway invoke on behalf of any API; SourceArn must name one, found ${source}`,
        ];
      }
      default:
        if (!resource.Type.startsWith("AWS::IAM::")) return [];
        return statementsIn(properties).some(
          (statement) =>
            textOf(statement.Effect) === "Allow" &&
            (statement.NotAction !== undefined || listOf(statement.Action).some(mayInvoke)) &&
            concerns(statement.Resource),
        )
          ? [`${id}: an IAM policy allows to invoke a function that accepts only the gateway`]
          : [];
    }
  });
}

function mayInvoke(action: unknown): boolean {
  const pattern = textOf(action)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return INVOKING.some((name) => new RegExp(`^${pattern}$`, "i").test(name));
}

function withAliases(resources: Resources, functions: ReadonlySet<string>): Set<string> {
  const names = new Set(functions);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== "AWS::Lambda::Alias" && Type !== "AWS::Lambda::Version") continue;
      if ([...referencesIn(recordOf(Properties).FunctionName)].some((name) => names.has(name))) names.add(id);
    }
  }
  return names;
}

function statementsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const record = recordOf(value);
  const own = listOf(record.Statement).map(recordOf);
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}
