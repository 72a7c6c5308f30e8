import type { PlanInput } from "./attach-plan.ts";
import { authorizerFaults } from "./authorizer-faults.ts";
import { findAuthorizer } from "./recognise.ts";
import type { Notice, Step } from "./step.ts";

/** Authorizers that one API may have by default. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST_AUTHORIZERS = 10;

/** What is to be known of the API's authorizers, the one that attaching makes left out: what is wrong with that is refused. */
export function authorizerWarnings({ api, options }: PlanInput, steps: readonly Step[]): readonly Notice[] {
  const ours = findAuthorizer(api, options.functionArn)?.id;
  const asked = new Set(api.routes.map(({ authorization }) => authorization.authorizerId));
  const others = api.authorizers.filter(
    ({ id, functionArn }) => id !== ours && functionArn === options.functionArn && asked.has(id),
  );
  const faulty = others.flatMap((one) =>
    authorizerFaults(api.kind, one).map(({ says }) => ({
      code: "authorizer-faulty",
      message: `Routes ask the function by the authorizer ${one.name}, which ${says}.`,
    })),
  );
  const creates = steps.some((step) => step.do === "create-authorizer");
  if (!creates || api.authorizers.length < MOST_AUTHORIZERS) return faulty;
  return [
    ...faulty,
    {
      // AWS raises the quota on request, so whether the next one is too many only API Gateway knows.
      code: "authorizer-limit",
      message: `The API has ${api.authorizers.length} authorizers, and API Gateway allows ${MOST_AUTHORIZERS} unless AWS has raised it for this API: one more may be refused, before any route is touched. Delete one that no route uses, or ask AWS for more.`,
    },
  ];
}
