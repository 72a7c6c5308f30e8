import fc from "fast-check";
import { readPolicyOutput } from "../../../../local/api-gateway/data/authorizer-output.ts";
import { evaluatePolicy, readPolicyDocument } from "../../../../local/api-gateway/data/invoke-policy.ts";

const ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc/prod/GET/api/orders/7";

const document = (...statements: readonly unknown[]): unknown => ({
  Version: "2012-10-17",
  Statement: statements,
});
const statement = (Effect: string, Resource: unknown, Action: unknown = "execute-api:Invoke"): unknown => ({
  Effect,
  Action,
  Resource,
});
const evaluateDocument = (policy: unknown, arn = ARN): string | undefined => {
  const read = readPolicyDocument(policy);
  return read === undefined ? undefined : evaluatePolicy(read, arn);
};

test.each([
  [statement("Allow", ARN), "allow"],
  [statement("Allow", "*"), "allow"],
  [statement("Allow", ["arn:other", "arn:aws:execute-api:*:*:abc/prod/*/api/*"]), "allow"],
  [statement("Allow", ARN.replace("7", "?")), "allow"],
  [statement("Allow", `${ARN}?`), "implicit-deny"],
  [statement("Allow", ARN.toLowerCase()), "implicit-deny"],
  [statement("Allow", "*", "EXECUTE-API:invoke"), "allow"],
  [statement("Allow", "*", ["s3:*", "execute-api:*"]), "allow"],
  [statement("Allow", "*", "execute-api:ManageConnections"), "implicit-deny"],
  [statement("Deny", "*"), "explicit-deny"],
  [{ Effect: "Deny", Action: "execute-api:Invoke", NotResource: ARN }, "implicit-deny"],
  [{ Effect: "Deny", Action: "execute-api:Invoke", NotResource: "arn:other" }, "explicit-deny"],
  [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }, "allow"],
  [statement("allow", "*"), undefined],
  [statement("Allow", []), undefined],
  [statement("Allow", 1), undefined],
  [statement("Allow", "*", ""), undefined],
  [{ Effect: "Allow", Action: "execute-api:Invoke" }, undefined],
  [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*", NotResource: "x" }, undefined],
  [{ Effect: "Allow", Action: "*", Resource: "*", Condition: { Bool: {} } }, undefined],
])("%j gives %s", (one, verdict) => {
  expect(evaluateDocument(document(one))).toBe(verdict);
});

test("a document may have one statement without a list, and no other version than IAM's", () => {
  expect(evaluateDocument({ Statement: statement("Allow", "*") })).toBe("allow");
  expect(evaluateDocument({ Version: "2024-01-01", Statement: [statement("Allow", "*")] })).toBeUndefined();
  expect(evaluateDocument(document())).toBeUndefined();
});

test("an explicit deny wins over any number of allows, in any order", () => {
  const allow = statement("Allow", "*");
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), (before, after) => {
      const all = [
        ...Array.from({ length: before }, () => allow),
        statement("Deny", "arn:*orders*"),
        ...Array.from({ length: after }, () => allow),
      ];
      expect(evaluateDocument(document(...all))).toBe("explicit-deny");
    }),
  );
});

test("wildcards match what the same pattern as a regular expression matches", () => {
  const characters = fc.constantFrom("a", "b", "/", "*", "?", ".", "+");
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "+"), maxLength: 12 });
  fc.assert(
    fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 8 }), text, (pattern, arn) => {
      const source = pattern.replace(/[.+/]/g, "\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]");
      const expected = new RegExp(`^${source}$`).test(arn) ? "allow" : "implicit-deny";
      expect(evaluateDocument(document(statement("Allow", pattern)), arn)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test("a hostile pattern does not take exponential time", () => {
  const pattern = `${"*a".repeat(200)}b`;
  expect(evaluateDocument(document(statement("Allow", pattern)), "a".repeat(1600))).toBe("implicit-deny");
});

test("whatever JSON an authorizer returns, it is read as a policy or not at all", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (output, policyDocument) => {
      expect(() => readPolicyOutput(output)).not.toThrow();
      const read = readPolicyOutput({ principalId: "a", policyDocument });
      // Random JSON holds no statement that allows.
      expect(read === undefined ? "implicit-deny" : evaluatePolicy(read.statements, ARN)).not.toBe("allow");
    }),
  );
});
