import {
  ACCOUNT_ID,
  API_ARN,
  MOST_ALLOWED_ACCOUNTS,
  MOST_ALLOWED_APIS,
  ORGANIZATION_ID,
} from "./allowed-apis.ts";
import { listOf, region, section, text } from "./fields.ts";

/** Who else may ask the authorizer. */
export const attachSchema = section({
  apis: listOf(
    text(
      'the ARN of an API such as "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5", or of an authorizer of it',
      (value) => API_ARN.test(value),
    ),
    `a list of ARNs of APIs, at most ${MOST_ALLOWED_APIS}; for more name their accounts or the organization`,
  )
    .max(MOST_ALLOWED_APIS, {
      error: `at most ${MOST_ALLOWED_APIS} ARNs of APIs; for more name their accounts or the organization`,
    })
    .optional()
    .describe("APIs of other accounts or Regions that may ask the authorizer."),
  accounts: listOf(
    text('an account\'s id of twelve digits such as "111122223333"', (value) => ACCOUNT_ID.test(value)),
    "a list of ids of accounts",
  )
    .max(MOST_ALLOWED_ACCOUNTS, {
      error: `at most ${MOST_ALLOWED_ACCOUNTS} accounts; for more name the organization`,
    })
    .optional()
    .describe("Accounts of which every API in `regions` may ask the authorizer."),
  regions: listOf(region(), "a list of AWS Regions", 1)
    .max(MOST_ALLOWED_ACCOUNTS, { error: `at most ${MOST_ALLOWED_ACCOUNTS} Regions` })
    .optional()
    .describe(
      `Regions of the APIs of \`accounts\`; by default the Region of the deployment. Accounts times Regions may be ${MOST_ALLOWED_ACCOUNTS} at most.`,
    ),
  organization: text('an organisation\'s id such as "o-a1b2c3d4e5"', (value) => ORGANIZATION_ID.test(value))
    .optional()
    .describe(
      "An organisation whose roles may invoke the authorizer. API Gateway is in none: authorizers need an invoke role.",
    ),
});
