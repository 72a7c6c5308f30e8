import { LambdaClient } from "@aws-sdk/client-lambda";
import { createInvokePermission } from "../../../aws/api-gateway/invoke-permission.ts";
import {
  type Answer,
  type Answers,
  failure,
  hastyPace,
  inTurn,
  refusal,
  startRecordingServer,
} from "../../support/aws/recording-server.ts";
import { clientConfig } from "../../support/shop/clients.ts";

const ARN = "arn:aws:lambda:eu-central-1:999988887777:function:sallyport";
const POLICY = `/2015-03-31/functions/${encodeURIComponent(ARN)}/policy`;
const SOURCE = "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/authorizers/*";
const statement = (rest: object = {}) => ({
  Sid: "sallyport-a1b2c3",
  Effect: "Allow",
  Principal: { Service: "apigateway.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Resource: ARN,
  Condition: { ArnLike: { "AWS:SourceArn": SOURCE } },
  ...rest,
});
const policyOf = (...Statement: readonly object[]): Answer => ({
  body: { Policy: JSON.stringify({ Version: "2012-10-17", Statement }), RevisionId: "1" },
});
const conflict = failure(
  409,
  "ResourceConflictException",
  "The statement id (sallyport-a1b2c3) provided already exists. Please provide a new statement id, or remove the existing statement.",
);
const nothing = failure(404, "ResourceNotFoundException", "The resource you requested does not exist.");

let server: Awaited<ReturnType<typeof startRecordingServer>> | undefined;
afterEach(() => server?.close());

async function permissionOf(answers: Answers, arn = ARN) {
  server = await startRecordingServer(answers);
  const client = new LambdaClient(clientConfig(server.endpoint));
  return { server, permission: createInvokePermission(client, hastyPace().pace, arn) };
}

test("a grant names API Gateway, the one API, and nothing more", async () => {
  const { permission, server } = await permissionOf({ [`POST ${POLICY}`]: { status: 201, body: {} } });
  await permission.grant("sallyport-a1b2c3", SOURCE);
  expect(server.requests.map(({ method, path, query, body }) => ({ method, path, query, body }))).toEqual([
    {
      method: "POST",
      path: POLICY,
      query: {},
      body: {
        StatementId: "sallyport-a1b2c3",
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: SOURCE,
      },
    },
  ]);
});

test("an alias has its own policy", async () => {
  const { permission, server } = await permissionOf(
    {
      [`POST ${POLICY}`]: { status: 201, body: {} },
      [`GET ${POLICY}`]: policyOf(statement()),
      [`DELETE ${POLICY}/sallyport-a1b2c3`]: { status: 204 },
    },
    `${ARN}:live`,
  );
  await permission.grant("sallyport-a1b2c3", SOURCE);
  await permission.find("sallyport-a1b2c3");
  await permission.revoke("sallyport-a1b2c3");
  expect(server.requests.map(({ query }) => query)).toEqual(
    Array.from({ length: 3 }, () => ({ Qualifier: "live" })),
  );
});

test("what is granted already is no error", async () => {
  const { permission, server } = await permissionOf({
    [`POST ${POLICY}`]: conflict,
    [`GET ${POLICY}`]: policyOf(statement({ Sid: "other" }), statement()),
  });
  await permission.grant("sallyport-a1b2c3", SOURCE);
  expect(server.lines()).toEqual([`POST ${POLICY}`, `GET ${POLICY}`]);
});

test.each([
  ["another source", { Condition: { ArnLike: { "AWS:SourceArn": SOURCE.replace("a1b2c3", "zzz") } } }],
  ["any source", { Condition: undefined }],
  ["somebody else", { Principal: { AWS: "arn:aws:iam::1:root" } }],
  ["any service", { Principal: "*" }],
  ["a further condition", { Condition: { ArnLike: { "AWS:SourceArn": SOURCE }, Bool: { x: "true" } } }],
  ["an operator that matches exactly", { Condition: { StringEquals: { "AWS:SourceArn": SOURCE } } }],
  ["a denial", { Effect: "Deny" }],
])("a statement of the same name for %s is a conflict that says what is there", async (_what, rest) => {
  const { permission } = await permissionOf({
    [`POST ${POLICY}`]: conflict,
    [`GET ${POLICY}`]: policyOf(statement(rest)),
  });
  await expect(permission.grant("sallyport-a1b2c3", SOURCE)).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("already has a statement sallyport-a1b2c3"),
    next: expect.stringContaining("aws lambda remove-permission"),
  });
});

test("somebody else's change to the function at the same moment is waited for", async () => {
  const { permission, server } = await permissionOf({
    [`POST ${POLICY}`]: inTurn(
      failure(
        409,
        "ResourceConflictException",
        "The operation cannot be performed: an update is in progress",
      ),
      failure(429, "TooManyRequestsException", "Rate exceeded"),
      { status: 201, body: {} },
    ),
  });
  await permission.grant("sallyport-a1b2c3", SOURCE);
  expect(server.requests).toHaveLength(3);
});

test("a function without a policy, or none at all, has no statement to find or revoke", async () => {
  const { permission } = await permissionOf({
    [`GET ${POLICY}`]: nothing,
    [`DELETE ${POLICY}/sallyport-a1b2c3`]: nothing,
  });
  expect(await permission.find("sallyport-a1b2c3")).toBeUndefined();
  await permission.revoke("sallyport-a1b2c3");
});

test("a source is found by the statement's name", async () => {
  const { permission } = await permissionOf({ [`GET ${POLICY}`]: policyOf(statement()) });
  expect(await permission.find("sallyport-a1b2c3")).toBe(SOURCE);
  expect(await permission.find("sallyport-other")).toBeUndefined();
});

test("a missing permission is named", async () => {
  const { permission } = await permissionOf({ [`POST ${POLICY}`]: refusal("lambda:AddPermission", ARN) });
  await expect(permission.grant("sallyport-a1b2c3", SOURCE)).rejects.toMatchObject({
    kind: "access-denied",
    action: "lambda:AddPermission",
    resource: ARN,
  });
});

test("a function that is not there cannot be granted anything", async () => {
  const { permission } = await permissionOf({
    [`POST ${POLICY}`]: failure(404, "ResourceNotFoundException", `Function not found: ${ARN}`),
  });
  await expect(permission.grant("s", SOURCE)).rejects.toMatchObject({ kind: "not-found" });
});
