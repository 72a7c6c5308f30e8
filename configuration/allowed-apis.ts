/** An API's ARN, or the ARN of one authorizer of an API. */
export const API_ARN =
  /^arn:aws[a-z-]*:execute-api:[a-z]{2,4}(-[a-z]+)+-\d:\d{12}:[a-z0-9]+(\/authorizers\/[A-Za-z0-9]+)?$/;
export const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
export const ACCOUNT_ID = /^\d{12}$/;
export const ORGANIZATION_ID = /^o-[a-z0-9]{10,32}$/;

// A function's resource policy holds 20 KB, and a statement takes about 430 bytes. The limits leave
// room for the statements of APIs in the stack itself.
export const MOST_ALLOWED_APIS = 30;
/** Accounts times Regions */
export const MOST_ALLOWED_ACCOUNTS = 10;
