import { ControlError, toControlError } from "../../../aws/api-gateway/control-error.ts";

const sdk = (name: string, message: string, httpStatusCode?: number, rest: object = {}) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode }, ...rest });
const denied = (rest: string) =>
  sdk(
    "AccessDeniedException",
    `User: arn:aws:iam::1:user/x is not authorized to perform: apigateway:PATCH${rest}`,
    403,
  );
const RESOURCE = "arn:aws:apigateway:eu-central-1::/restapis/a1/stages/prod";

test.each([
  ["access-denied", denied(` on resource: ${RESOURCE}`)],
  ["access-denied", sdk("UnauthorizedException", "no", 401)],
  ["not-found", sdk("NotFoundException", "Invalid API identifier specified 1:a1", 404)],
  ["not-found", sdk("ResourceNotFoundException", "Function not found", 404)],
  ["throttled", sdk("TooManyRequestsException", "Too Many Requests", 429)],
  ["throttled", sdk("ThrottlingException", "Rate exceeded", 400)],
  ["limit-exceeded", sdk("LimitExceededException", "Maximum number of Authorizers reached", 429)],
  ["limit-exceeded", sdk("LimitExceededException", "", 429)],
  ["limit-exceeded", sdk("TooManyRequestsException", "Maximum number of authorizers has been reached", 429)],
  [
    "limit-exceeded",
    sdk("PolicyLengthExceededException", "The final policy size is limit exceeded (20480)", 400),
  ],
  ["conflict", sdk("ConflictException", "already there", 409)],
  ["invalid", sdk("BadRequestException", "Invalid patch path", 400)],
  ["unreachable", sdk("ServiceUnavailableException", "later", 503)],
  ["unreachable", sdk("Error", "connect ECONNREFUSED 127.0.0.1:1", undefined, { code: "ECONNREFUSED" })],
  ["unreachable", sdk("TimeoutError", "no answer in time")],
  ["unreachable", sdk("SyntaxError", "Unexpected token '<', \"<!doctype \"... is not valid JSON", 404)],
  ["unreachable", sdk("Error", "Deserialization error: to see the raw response, inspect", 403)],
  ["unreachable", sdk("UnknownOperationException", "no such path", 404)],
  ["unreachable", "a text"],
  ["unreachable", undefined],
  ["credentials", sdk("ExpiredTokenException", "The security token included in the request is expired", 403)],
  ["credentials", sdk("CredentialsProviderError", "Could not load credentials from any providers")],
  ["credentials", sdk("UnrecognizedClientException", "The security token is invalid", 403)],
  ["credentials", new Error("Region is missing")],
])("%s: %s", (kind, error) => {
  const failure = toControlError(error, "UpdateStage");
  expect(failure).toBeInstanceOf(ControlError);
  expect(failure).toMatchObject({ kind, operation: "UpdateStage" });
  expect(failure.message).toMatch(/^[A-Z][^\n]+$/);
  expect(failure.next).toMatch(/^[A-Z][^\n]+\.$/);
});

test.each([
  [` on resource: ${RESOURCE}`, { action: "apigateway:PATCH", resource: RESOURCE }],
  [
    ` on resource: ${RESOURCE} because no identity-based policy allows the apigateway:PATCH action`,
    { action: "apigateway:PATCH", resource: RESOURCE },
  ],
  ["", { action: "apigateway:PATCH" }],
])("the missing action is read from what AWS says%s", (rest, expected) => {
  const failure = toControlError(denied(rest), "UpdateStage");
  expect(failure).toMatchObject(expected);
  expect(failure.message).toContain("the IAM action apigateway:PATCH");
  expect(failure.next).toContain("Let the credentials' policy allow apigateway:PATCH");
});

test("an explicit deny is reported, as more permissions would not help", () => {
  const error = denied(` on resource: ${RESOURCE} with an explicit deny in a service control policy`);
  expect(toControlError(error, "UpdateStage")).toMatchObject({
    action: "apigateway:PATCH",
    next: "An explicit deny in a service control policy forbids it; ask the owner of that policy.",
  });
});

test("only what may pass is worth another attempt", () => {
  const passing = (error: unknown, operation = "UpdateStage") => toControlError(error, operation).passing;
  const concurrent = "Unable to complete operation due to concurrent modification. Please try again later.";
  expect(passing(sdk("TooManyRequestsException", "Too Many Requests", 429))).toBe(true);
  expect(passing(sdk("ConflictException", concurrent, 409))).toBe(true);
  expect(passing(sdk("InternalFailure", "", 500))).toBe(true);
  expect(passing(sdk("Error", "", undefined, { code: "ECONNRESET" }))).toBe(true);
  expect(passing(sdk("ConflictException", "Stage already exists", 409))).toBe(false);
  expect(passing(sdk("LimitExceededException", "Maximum number of Authorizers", 429))).toBe(false);
  expect(passing(denied(""))).toBe(false);
  expect(passing(sdk("ExpiredTokenException", "expired", 403))).toBe(false);
});

test("what had no answer may have been done, what was not sent was not", () => {
  const uncertain = (error: unknown) => toControlError(error, "CreateAuthorizer").uncertain;
  expect(uncertain(sdk("TimeoutError", ""))).toBe(true);
  expect(uncertain(sdk("InternalFailure", "", 500))).toBe(true);
  expect(uncertain(sdk("Error", "", undefined, { code: "ECONNREFUSED" }))).toBe(false);
  expect(uncertain(sdk("BadRequestException", "", 400))).toBe(false);
});

test("what AWS says is quoted on one line, and not at any length", () => {
  const { message } = toControlError(
    sdk("BadRequestException", `a\n\u001b[31mb${"c".repeat(900)}`, 400),
    "X",
  );
  expect(message).not.toMatch(/\p{C}/u);
  expect(message.length).toBeLessThan(400);
});

test("a failure of the SDK keeps no request, header or stack of it", () => {
  const error = sdk("BadRequestException", "no", 400, {
    $response: { headers: { authorization: "AWS4-HMAC-SHA256 Credential=secret" } },
  });
  const failure = toControlError(error, "X");
  expect(JSON.stringify(Object.entries(failure))).not.toContain("secret");
  expect(failure.cause).toBeUndefined();
  expect(failure.stack).not.toContain("secret");
});

test("a ControlError stays the one it is", () => {
  const failure = toControlError(denied(""), "UpdateStage");
  expect(toControlError(failure, "Other")).toBe(failure);
});
