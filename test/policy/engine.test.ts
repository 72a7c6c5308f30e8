import { join } from "node:path";
import { policyToJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { PolicyNote } from "../../domain/decision/policy-question.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import { compilePolicies } from "../../policy/compile.ts";
import type { CompiledPolicies, CompiledPolicy } from "../../policy/compiled-policies.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { question } from "../support/policy/question.ts";

const defaults = compilePolicies(join(import.meta.dirname, "../../policies/default"));
const ask = createPolicyEngine(defaults);

/** A policy that no validator has seen. */
function unchecked(
  id: string,
  text: string,
  reason: ReasonCode,
  monitor = false,
): CompiledPolicies["policies"] {
  const parsed = policyToJson(text);
  if (parsed.type === "failure") throw new Error(parsed.errors[0]?.message);
  const note: PolicyNote = { id, effect: parsed.json.effect, reason };
  const policy: CompiledPolicy = { text, json: parsed.json, note, monitor };
  return { [id]: policy };
}

const withPolicies = (more: CompiledPolicies["policies"]) =>
  createPolicyEngine({ ...defaults, policies: { ...defaults.policies, ...more } });

const ERRING = "forbid (principal, action, resource) when { context.risk.elevatedAt > 5 };";
const APPLYING =
  'forbid (principal, action, resource) when { context.network.address.isInRange(ip("192.0.2.0/24")) };';

describe("createPolicyEngine", () => {
  it("names the permit that allows", () => {
    expect(ask(question())).toEqual({
      verdict: "allow",
      determining: [{ id: "general-access", effect: "permit" }],
      monitored: [],
      errors: [],
    });
  });

  it("names every forbid that applies, in the order of the policy file, with its annotations", () => {
    const admin = { ...question().resource, segments: ["general", "admin"] };
    const answer = ask(question({ resource: admin }, { risk: { score: 80 }, time: { hour: 23 } }));
    expect(answer.verdict).toBe("deny");
    expect(answer.determining).toEqual([
      { id: "risk-answered", effect: "forbid", reason: "risk-elevated", stepUp: "mfa", maxAge: 0 },
      { id: "sensitive-routes-need-mfa", effect: "forbid", reason: "mfa-required", stepUp: "mfa" },
      { id: "admin-needs-role", effect: "forbid", reason: "role-missing" },
      { id: "admin-hours", effect: "forbid", reason: "outside-hours" },
    ]);
  });

  it("denies without a reason where no policy permits", () => {
    const nowhere = { ...question().resource, segments: [] };
    expect(ask(question({ resource: nowhere }))).toEqual({
      verdict: "deny",
      determining: [],
      monitored: [],
      errors: [],
    });
  });

  it.each(["get", "Read", "Write", "", "PURGE", "__proto__"])("takes the method %j for a write", (method) => {
    const low = { device: { trust: "low", trustRank: 1 } } as const;
    expect(ask(question({ method }, low)).determining).toMatchObject([{ reason: "device-trust-too-low" }]);
  });

  it("keeps engines of one process apart", () => {
    const strict = withPolicies(unchecked("strict", APPLYING, "user-quarantined"));
    expect(strict(question()).verdict).toBe("deny");
    expect(ask(question()).verdict).toBe("allow");
  });

  it("keeps the report-only policies of two engines apart", () => {
    const engines = ["one", "two"].map((id) =>
      withPolicies(unchecked(id, APPLYING, "user-quarantined", true)),
    );
    const noted = engines.map((engine) => engine(question()).monitored.map(({ id }) => id));
    expect(noted).toEqual([["one"], ["two"]]);
  });

  it("does not start with policies that do not parse", () => {
    const broken = { ...defaults.policies["admin-hours"]!, json: {} as never };
    expect(() => createPolicyEngine({ ...defaults, policies: { x: broken } })).toThrow(
      /policies cannot be parsed: \w/,
    );
    expect(() => createPolicyEngine({ ...defaults, schema: "no schema" as never })).toThrow(
      /schema cannot be parsed: \w/,
    );
  });

  it("answers after a round trip through JSON as before", () => {
    const again = createPolicyEngine(JSON.parse(JSON.stringify(defaults)));
    expect(again(question({}, { risk: { score: 95 } }))).toEqual(ask(question({}, { risk: { score: 95 } })));
  });
});

describe("an enforced policy that errs", () => {
  it("denies, although Cedar by itself skips it and allows", () => {
    const answer = withPolicies(unchecked("erring", ERRING, "risk-too-high"))(question());
    expect(answer.verdict).toBe("deny");
    expect(answer.errors).toEqual([expect.stringMatching(/^erring: .*elevatedAt/)]);
  });

  it("is reported also beside a forbid that applies", () => {
    const answer = withPolicies(unchecked("erring", ERRING, "risk-too-high"))(
      question({}, { risk: { score: 95 } }),
    );
    expect(answer.errors).toHaveLength(1);
    expect(answer.determining.map(({ id }) => id)).toContain("risk-bearable");
  });
});

describe("a report-only policy", () => {
  it("is noted when it would forbid, and changes nothing", () => {
    const answer = withPolicies(unchecked("watching", APPLYING, "user-quarantined", true))(question());
    expect(answer).toEqual({
      ...ask(question()),
      monitored: [{ id: "watching", effect: "forbid", reason: "user-quarantined" }],
    });
    const elsewhere = question({}, { network: { address: "198.51.100.1" } });
    expect(
      withPolicies(unchecked("watching", APPLYING, "user-quarantined", true))(elsewhere).monitored,
    ).toEqual([]);
  });

  it("that errs is noted as a policy error, and changes nothing", () => {
    const both = {
      ...unchecked("erring", ERRING, "risk-too-high", true),
      ...unchecked("watching", APPLYING, "user-quarantined", true),
    };
    expect(withPolicies(both)(question())).toEqual({
      ...ask(question()),
      monitored: [
        { id: "erring", effect: "forbid", reason: "policy-error" },
        { id: "watching", effect: "forbid", reason: "user-quarantined" },
      ],
    });
  });
});

test("a report-only policy is noted as a policy error where Cedar refuses the question itself", () => {
  const watching = withPolicies(unchecked("watching", APPLYING, "user-quarantined", true));
  expect(watching(question({}, { risk: { note: "x" } as never }))).toMatchObject({
    verdict: "deny",
    determining: [],
    monitored: [{ id: "watching", effect: "forbid", reason: "policy-error" }],
  });
});

describe("a question that Cedar cannot be asked exactly", () => {
  const gone = undefined as never;
  it.each([
    ["a fraction", question({}, { risk: { score: 70.5 } }), /score/],
    ["NaN", question({}, { risk: { score: Number.NaN } }), /score/],
    ["infinity", question({}, { time: { epochSeconds: Number.POSITIVE_INFINITY } }), /epochSeconds/],
    ["a number beyond what is exact", question({}, { authentication: { issuedAt: 2 ** 53 } }), /issuedAt/],
    ["a fraction in an optional field", question({}, { risk: { elevatedAt: 1.5 } }), /elevatedAt/],
    ["a required field that is undefined", question({}, { user: { quarantined: gone } }), /user.quarantined/],
    ["null", question({}, { session: { revoked: null as never } }), /session.revoked/],
    ["a required field that is missing", question({ principal: {} as never }), /./],
    ["a word where a number belongs", question({}, { risk: { score: "3" as never } }), /./],
    ["a field that the schema does not know", question({}, { risk: { note: "x" } as never }), /./],
    ["an address that is none", question({}, { network: { address: "somewhere" } }), /ipaddr/],
    ["a network for an address", question({}, { network: { address: "0.0.0.0/0" } }), /ipaddr/],
    ["a lone surrogate", question({ principal: { ...question().principal, subject: "x\ud800" } }), /subject/],
    [
      "a role that is an entity",
      question({
        principal: {
          ...question().principal,
          roles: [{ __entity: { type: "Sallyport::User", id: "x" } }] as never,
        },
      }),
      /./,
    ],
  ])("%s gives an error and no allow", (_, asked, error) => {
    const answer = ask(asked);
    expect(answer).toMatchObject({ verdict: "deny", determining: [], monitored: [] });
    expect(answer.errors.join("\n")).toMatch(error);
  });

  it("does not mind optional fields that are undefined", () => {
    const sparse = question(
      { principal: { ...question().principal, clientId: gone } },
      { device: { id: gone }, session: { id: gone }, network: { address: gone, country: gone } },
    );
    expect(ask(sparse).verdict).toBe("allow");
  });
});
