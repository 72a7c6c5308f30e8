import { badRequest } from "./control-failure.ts";

/**
 * Throws for a stage variable that API Gateway does not accept.
 * @see API Gateway API reference, CreateStage, `variables`
 */
export function checkVariables(
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^\w+$/.test(name))
      throw badRequest(
        `Stage variable name may only contain alphanumeric and underscore characters: ${name}`,
      );
    if (!/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(value))
      throw badRequest(
        `Invalid stage variable value: ${value}. Please use values with alphanumeric characters and the symbols -._~:/?#&=,`,
      );
  }
  return variables;
}
