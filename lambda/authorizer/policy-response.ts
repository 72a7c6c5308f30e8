/** Flat and of one type, as REST APIs demand; they turn every value into a string anyway. */
export type ResponseContext = Readonly<Record<string, string | number>>;

export interface PolicyResponse {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: "2012-10-17";
    readonly Statement: readonly [
      { readonly Action: "execute-api:Invoke"; readonly Effect: "Allow" | "Deny"; readonly Resource: string },
    ];
  };
  readonly context: ResponseContext;
}

/** Bytes; API Gateway's quota for the result of a WebSocket API's authorizer */
const LARGEST_WEBSOCKET_RESULT = 8192;

/**
 * Makes an answer small enough for a WebSocket API, which refuses a larger one with 500.
 *
 * The roles go first: a back end that finds none grants less. What is too large even so, by ids of
 * hundreds of characters that all need escapes, is answered with a denial that says nothing; where
 * nothing is enforced, with the same effect and nothing else.
 */
export function fitWebSocket(response: PolicyResponse, enforced: boolean): PolicyResponse {
  if (fits(response)) return response;
  const without = { ...response, context: { ...response.context, roles: "" } };
  if (fits(without)) return without;
  const [statement] = response.policyDocument.Statement;
  return {
    principalId: "unanswerable",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [enforced ? { ...statement, Effect: "Deny" } : statement],
    },
    context: {},
  };
}

const fits = (response: PolicyResponse): boolean =>
  Buffer.byteLength(JSON.stringify(response)) <= LARGEST_WEBSOCKET_RESULT;
