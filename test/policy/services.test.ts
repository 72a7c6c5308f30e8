import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compilePolicies } from "../../policy/compile.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { question } from "../support/policy/question.ts";

const OWN = join(__dirname, "../../policies/default");
const ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const SUBJECT = "3n4b5urk1ft4fl3mg5e62d9ado";

/** The policy that docs/carriers.md shows, beside the default ones. */
function engine() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-services-"));
  try {
    for (const name of ["default.cedar", "segments.json"]) cpSync(join(OWN, name), join(folder, name));
    const [, snippet = ""] =
      /```cedar\n([\s\S]*?)```/.exec(readFileSync(join(OWN, "../../docs/carriers.md"), "utf8")) ?? [];
    writeFileSync(join(folder, "services.cedar"), snippet);
    return createPolicyEngine(compilePolicies(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ask = engine();
const principal = { kind: "service", issuer: ISSUER, subject: SUBJECT, roles: [], scopes: [] } as const;
const billing = { ...question().resource, path: "/api/billing/x", segments: ["general", "billing"] };
const verdict = (change: object = {}, context: Parameters<typeof question>[1] = {}) =>
  ask(question({ principal, resource: billing, ...change }, context)).verdict;

describe("a permit that names a service", () => {
  it("opens a sensitive route to it", () => {
    expect(verdict()).toBe("allow");
  });

  it.each([
    ["another service", { principal: { ...principal, subject: "other" } }],
    ["a service of another issuer", { principal: { ...principal, issuer: "https://other.example" } }],
    ["a user of the same name", { principal: { ...principal, kind: "user" } }],
    ["another route", { resource: { ...billing, segments: ["general", "identity"] } }],
  ])("opens nothing to %s", (_, change) => {
    expect(verdict(change)).toBe("deny");
  });

  it.each([
    ["risk", { risk: { score: 71 } }],
    ["revocation", { user: { tokensRevoked: true } }],
    ["countries", { deployment: { countries: ["DE"] }, network: { country: "SG" } }],
  ])("does not outweigh the rules of %s", (_, context) => {
    expect(verdict({}, context)).toBe("deny");
  });
});
