import { configure, resourcesOf, synthesize } from "../../support/lib/synthesize.ts";

const SECRET = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:gateway/client-AbCdEf";
const [issuer] = configure().issuers;
const introspecting = {
  ...issuer,
  introspection: {
    endpoint: "https://id.example.com/introspect",
    clientId: "gateway",
    clientSecretArn: SECRET,
  },
};

const functionsOf = (core: ReturnType<typeof synthesize>["core"]) =>
  Object.entries(resourcesOf(core, "AWS::Lambda::Function")).map(([id, { Properties }]) => ({
    authorizer: id.includes("Authorizer"),
    layers: Properties.Layers as unknown[] | undefined,
  }));

test("the function that asks about opaque tokens has AWS's extension for secrets, and may read that one secret", () => {
  const { core } = synthesize({ issuers: [introspecting as never], region: "eu-central-1" });
  for (const { authorizer, layers } of functionsOf(core)) {
    if (authorizer)
      expect(layers).toEqual([expect.stringMatching(/Parameters-and-Secrets-Lambda-Extension-Arm64/)]);
    else expect(layers).toBeUndefined();
  }
  const statements = Object.entries(resourcesOf(core, "AWS::IAM::Policy")).flatMap(([id, { Properties }]) =>
    (Properties.PolicyDocument.Statement as { Action: string; Resource: unknown }[])
      .filter(({ Action }) => Action === "secretsmanager:GetSecretValue")
      .map(({ Resource }) => ({ authorizer: id.includes("Authorizer"), Resource })),
  );
  expect(statements).toEqual([{ authorizer: true, Resource: SECRET }]);
  expect(JSON.stringify(core.toJSON())).toContain("AWS-Parameters-and-Secrets-Lambda-Extension");
});

test("no other function has either", () => {
  const { core } = synthesize({ region: "eu-central-1" });
  for (const { layers } of functionsOf(core)) expect(layers).toBeUndefined();
  expect(JSON.stringify(core.toJSON())).not.toContain("secretsmanager");
});
