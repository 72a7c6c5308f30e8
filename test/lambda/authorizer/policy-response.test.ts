import { fitWebSocket, type PolicyResponse } from "../../../lambda/authorizer/policy-response.ts";

const response = (context: PolicyResponse["context"]): PolicyResponse => ({
  principalId: "alice",
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: "arn" }],
  },
  context,
});
const sizeOf = (one: PolicyResponse) => Buffer.byteLength(JSON.stringify(one));
/** A response of so many bytes. */
const ofSize = (bytes: number) => response({ roles: "r".repeat(bytes - sizeOf(response({ roles: "" }))) });

test("a result of 8,192 bytes is kept, and one byte more costs the roles", () => {
  expect(sizeOf(ofSize(8192))).toBe(8192);
  expect(fitWebSocket(ofSize(8192), true)).toEqual(ofSize(8192));
  expect(fitWebSocket(ofSize(8193), true)).toEqual(response({ roles: "" }));
});

test.each([
  [true, "Deny"],
  [false, "Allow"],
] as const)("what does not fit without roles says nothing; enforced: %s gives %s", (enforced, Effect) => {
  expect(fitWebSocket(response({ userId: "u".repeat(9000) }), enforced)).toEqual({
    principalId: "unanswerable",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect, Resource: "arn" }],
    },
    context: {},
  });
});
