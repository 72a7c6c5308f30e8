import { STSClient } from "@aws-sdk/client-sts";
import {
  createIdentityClient,
  readCallerIdentity,
  readRegion,
} from "../../../aws/api-gateway/caller-identity.ts";
import { hastyPace } from "../../support/aws/recording-server.ts";

const answering = (answer: object) =>
  ({ send: () => Promise.resolve(answer) }) as unknown as Pick<STSClient, "send">;

test.each([
  ["arn:aws:iam::111122223333:user/ops", "aws"],
  ["arn:aws-cn:sts::111122223333:assumed-role/ops/me", "aws-cn"],
  ["arn:aws-us-gov:sts::111122223333:assumed-role/ops/me", "aws-us-gov"],
])("%s is of the partition %s", async (Arn, partition) => {
  const { pace } = hastyPace();
  expect(await readCallerIdentity(answering({ Account: "111122223333", Arn }), pace)).toEqual({
    accountId: "111122223333",
    partition,
    arn: Arn,
  });
  expect(pace.counts()).toEqual({ GetCallerIdentity: 1 });
});

test("an answer that does not say who is no identity", async () => {
  await expect(readCallerIdentity(answering({}), hastyPace().pace)).rejects.toMatchObject({
    kind: "credentials",
  });
});

test("missing credentials are reported in plain words, once", async () => {
  const client = new STSClient({
    region: "eu-central-1",
    credentials: () =>
      Promise.reject(
        Object.assign(new Error("Could not load credentials from any providers"), {
          name: "CredentialsProviderError",
        }),
      ),
  });
  const { pace } = hastyPace();
  await expect(readCallerIdentity(client, pace)).rejects.toMatchObject({
    kind: "credentials",
    message: "No AWS credentials were found for GetCallerIdentity.",
    next: expect.stringContaining("AWS_PROFILE"),
  });
  expect(pace.counts()).toEqual({ GetCallerIdentity: 1 });
});

test("the Region is the one that is given", async () => {
  expect(await readRegion(createIdentityClient({ region: "eu-west-3" }))).toBe("eu-west-3");
});

test("no Region at all says how to give one", async () => {
  const names = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = "/nonexistent";
  delete process.env.AWS_REGION;
  delete process.env.AWS_DEFAULT_REGION;
  try {
    await expect(readRegion(createIdentityClient({}))).rejects.toMatchObject({
      kind: "credentials",
      message: "No AWS Region is set.",
    });
  } finally {
    names.forEach((name, at) => {
      const value = before[at];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    });
  }
});
