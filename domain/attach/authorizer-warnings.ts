import type { PlanInput } from "./attach-plan.ts";
import { authorizerFaults } from "./authorizer-faults.ts";
import { findAuthorizer } from "./recognise.ts";
import type { Notice, Step } from "./step.ts";

/**
 * Authorizers that one API may have by default. @see
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const MOST_AUTHORIZERS = 10;

/**
 * Warns about the API's other authorizers; faults of the authorizer that attaching creates are
 * refusals.
 */
export function authorizerWarnings({ api, options }: PlanInput, steps: readonly Step[]): readonly Notice[] {
  const ours = findAuthorizer(api, options.functionArn)?.id;
  const asked = new Set(api.routes.map(({ authorization }) => authorization.authorizerId));
  const others = api.authorizers.filter(
    ({ id, functionArn }) => id !== ours && functionArn === options.functionArn && asked.has(id),
  );
  const faulty = others.flatMap((one) =>
    authorizerFaults(api.kind, one).map(({ says }) => ({
      code: "authorizer-faulty",
      message: `Routes call the function through the authorizer ${one.name}, which ${says}.`,
    })),
  );
  const creates = steps.some((step) => step.do === "create-authorizer");
  if (!creates || api.authorizers.length < MOST_AUTHORIZERS) return faulty;
  return [
    ...faulty,
    {
      // AWS raises the quota on request, so only API Gateway knows whether one more is allowed.
      code: "authorizer-limit",
      message: `The API has ${api.authorizers.length} authorizers, and the default quota is ${MOST_AUTHORIZERS}: API Gateway may reject one more, before any route is changed. Delete an authorizer that no route uses, or request a quota increase from AWS.`,
    },
  ];
}
