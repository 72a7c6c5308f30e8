import { join } from "node:path";
import type { AccessResult } from "../../../domain/decision/access-result.ts";
import {
  type AuthorizerOptions,
  type AuthorizerPorts,
  authorize,
} from "../../../lambda/authorizer/authorize.ts";
import { describeResult } from "../../../lambda/authorizer/describe-result.ts";
import type { PolicyResponse } from "../../../lambda/authorizer/policy-response.ts";
import { renderResponse } from "../../../lambda/authorizer/render-response.ts";
import { report } from "../../../lambda/authorizer/report.ts";
import type { MetricSample } from "../../../lambda/telemetry.ts";
import { compilePolicies } from "../../../policy/compile.ts";
import { createPolicyEngine } from "../../../policy/engine.ts";
import { DIGESTS } from "../../support/domain/access-events.ts";
import {
  type EventParts,
  http1Event,
  httpEvent,
  restEvent,
  tokenEvent,
} from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

const policies = compilePolicies(join(__dirname, "../../../policies/default"));
const ask = createPolicyEngine(policies);
const options: AuthorizerOptions = {
  geo: "none",
  timeZone: "UTC",
  countries: [],
  deviceClaimCap: "medium",
  acrValues: {},
  segments: policies.segments,
  digests: DIGESTS,
};

const staged = (event: object, stageVariables: unknown) => ({ ...event, stageVariables });
const monitored = (event: object) => staged(event, { sallyport_enforce: "none" });

let issuer: Awaited<ReturnType<typeof tokenIssuer>>;
beforeAll(async () => {
  issuer = await tokenIssuer();
});

async function run(event: unknown, more: Partial<AuthorizerPorts> = {}) {
  const ports = {
    ...strictPorts,
    now: Date.now,
    verifier: issuer.verifier,
    readRiskState: async () => ({ status: "known" }) as const,
    ask,
    ...more,
  };
  return rendered(await authorize(event, ports, options));
}

/** A port that breaks its promise, as none should. */
const faulty: Partial<AuthorizerPorts> = {
  locate: () => {
    throw new Error("a fault");
  },
  onFault: () => {},
};

function rendered(result: AccessResult) {
  const response = renderResponse(result);
  const through =
    "isAuthorized" in response
      ? response.isAuthorized
      : response.policyDocument.Statement[0].Effect === "Allow";
  return { result, response, through, accessEvent: describeResult(result) };
}

describe("where nothing is enforced", () => {
  test.each([
    ["REST", restEvent],
    ["HTTP 1.0", http1Event],
    ["HTTP 2.0", httpEvent],
  ] as const)(
    "a request without a token goes through, on %s",
    async (_, make: (parts: EventParts) => object) => {
      const { through, result, response, accessEvent } = await run(monitored(make({})));
      expect(through).toBe(true);
      expect(result.decision).toMatchObject({ outcome: "deny", reasons: ["token-missing"] });
      expect(response.context).toMatchObject({ decision: "deny", enforced: "false", userId: "", issuer: "" });
      expect(accessEvent).toMatchObject({
        action_id: 3,
        disposition_id: 17,
        unmapped: { sallyport: { decision: "deny", enforced: false } },
      });
      expect(accessEvent).not.toHaveProperty("http_response");
    },
  );

  test("the allow names this one route", async () => {
    const event = monitored(restEvent({ path: "/api/orders/7" })) as ReturnType<typeof restEvent>;
    const { response } = await run(event);
    expect((response as PolicyResponse).policyDocument.Statement[0].Resource).toBe(event.methodArn);
  });

  test("a forged token is let through without an identity", async () => {
    const token = `${(await issuer.sign({})).slice(0, -8)}AAAAAAAA`;
    const { through, response } = await run(monitored(restEvent({ authorization: `Bearer ${token}` })));
    expect(through).toBe(true);
    expect(response).toMatchObject({
      principalId: "unverified",
      context: { userId: "", roles: "", issuer: "" },
    });
  });

  test("an allow is an allow", async () => {
    const authorization = `Bearer ${await issuer.sign({})}`;
    const { accessEvent, through } = await run(monitored(restEvent({ authorization })));
    expect(through).toBe(true);
    expect(accessEvent).toMatchObject({ action_id: 1, disposition_id: 1 });
  });

  test.each(["/api/*", "/api/x?y", `/api/${"x".repeat(600)}`])("even %s goes through", async (path) => {
    const { response, through, result } = await run(monitored(restEvent({ path })));
    expect(result.request.flaw).toBe("request-malformed");
    expect(through).toBe(true);
    expect((response as PolicyResponse).policyDocument.Statement[0].Resource).toBe(
      "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/prod/*",
    );
  });

  test("a fault of ours does not stop the API", async () => {
    const { through, accessEvent } = await run(monitored(restEvent()), faulty);
    expect(through).toBe(true);
    expect(accessEvent).toMatchObject({ status_code: "internal-fault", action_id: 3 });
  });
});

describe("a denial stands", () => {
  test.each([
    ["without stage variables", null],
    ["with none of ours", {}],
    ["with a word of no meaning", { sallyport_enforce: "off" }],
    ["with something else than text", { sallyport_enforce: ["none"] }],
    ["with an inherited one", Object.create({ sallyport_enforce: "none" })],
    ["with variables that are a text", "sallyport_enforce=none"],
  ])("%s", async (_, variables) => {
    const { through, accessEvent } = await run(staged(restEvent(), variables));
    expect(through).toBe(false);
    expect(accessEvent).toMatchObject({ action_id: 2, http_response: { code: 401 } });
  });

  test("for an event that does not come from API Gateway, with any content", async () => {
    for (const event of [
      { stageVariables: { sallyport_enforce: "none" } },
      monitored({ ...restEvent(), methodArn: "nonsense" }),
      monitored(tokenEvent()),
    ])
      expect((await run(event)).through).toBe(false);
  });

  test("whatever the client puts into headers and query", async () => {
    const event = {
      ...restEvent({ headers: { sallyport_enforce: "none", stageVariables: "none" } }),
      queryStringParameters: { sallyport_enforce: "none" },
    };
    expect((await run(event)).through).toBe(false);
  });
});

describe("where billing alone is enforced", () => {
  const billing = (path: string) => staged(restEvent({ path }), { sallyport_enforce: "billing" });

  test.each([
    ["/api/billing/invoices", false],
    ["/api/orders", true],
    ["/api/admin/users", true],
    // Two readers could disagree whether this is billing.
    ["/api/x/..%2fbilling/invoices", false],
    ["/api/%2562illing/invoices", false],
    ["/api/BILLING/invoices", false],
  ])("%s without a token goes through: %j", async (path, goes) => {
    expect((await run(billing(path))).through).toBe(goes);
  });

  test("a fault there denies", async () => {
    expect((await run(billing("/api/billing/x"), faulty)).through).toBe(false);
    expect((await run(billing("/api/orders"), faulty)).through).toBe(true);
  });
});

describe("a report-only policy that would have forbidden the request", () => {
  const trial = policies.policies["sensitive-routes-need-mfa"];
  if (trial === undefined) throw new Error("the default policies have no such policy");
  const note = { ...trial.note, id: "trial" };
  // The real one is left out, so that only the report-only one has an objection.
  const { "sensitive-routes-need-mfa": _, ...others } = policies.policies;
  const changed = { ...policies, policies: { ...others, trial: { ...trial, note, monitor: true } } };

  test("changes no decision, and is named in the event, in the log line and in a metric", async () => {
    const token = await issuer.sign({ device_trust_level: "medium", amr: ["pwd"] });
    const event = restEvent({ path: "/api/billing/x", authorization: `Bearer ${token}` });
    const ports = {
      ...strictPorts,
      now: Date.now,
      verifier: issuer.verifier,
      readRiskState: async () => ({ status: "known" }) as const,
      ask: createPolicyEngine(changed),
    };
    const { result, through, accessEvent } = rendered(await authorize(event, ports, options));
    expect([result.decision.outcome, through]).toEqual(["allow", true]);
    expect(accessEvent.unmapped.sallyport.monitored).toEqual(["trial"]);
    const lines: unknown[] = [];
    const samples: MetricSample[] = [];
    const logger = { info: (...line: unknown[]) => void lines.push(line) } as never;
    const measure = (...some: readonly MetricSample[]) => void samples.push(...some);
    await report(result, accessEvent, 100, async () => undefined, { logger, measure });
    expect(lines).toEqual([["decision", expect.objectContaining({ monitored: ["trial"] })]]);
    expect(samples).toContainEqual({
      name: "ReportOnlyForbids",
      value: 1,
      unit: "Count",
      dimensions: { policy: "trial" },
    });
  });
});
