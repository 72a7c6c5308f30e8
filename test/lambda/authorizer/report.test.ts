import type { AccessResult } from "../../../domain/decision/access-result.ts";
import { denial } from "../../../domain/decision/decision.ts";
import type { ReasonCode } from "../../../domain/decision/reason.ts";
import type { AccessEvent } from "../../../domain/event/access-event.ts";
import { readRequest } from "../../../lambda/authorizer/read-request.ts";
import { report } from "../../../lambda/authorizer/report.ts";
import type { MetricSample } from "../../../lambda/telemetry.ts";
import { accessResult } from "../../support/domain/access-events.ts";
import { identity } from "../../support/domain/identities.ts";
import { restEvent } from "../../support/gateway/gateway-events.ts";

const event = { metadata: { uid: "id-1" }, time: 1 } as AccessEvent;

async function reported(result: AccessResult, publish: () => Promise<void>) {
  const samples: MetricSample[] = [];
  const lines: unknown[] = [];
  const log = (...line: unknown[]) => void lines.push(line);
  const logger = { info: log, error: log } as never;
  await report(result, event, 100, publish, { logger, measure: (...some) => void samples.push(...some) });
  return { samples, lines: JSON.stringify(lines), names: samples.map(({ name }) => name) };
}

const resultOf = (reason: ReasonCode, parts: Partial<AccessResult> = {}): AccessResult => ({
  ...accessResult(),
  request: readRequest(restEvent({ authorization: "Bearer secret-token" }), "none", 0),
  caller: { status: "unverified", reason },
  risk: { status: "unavailable", why: "down" },
  decision: denial(reason),
  latency: { verify: 1, risk: 0, evaluate: 0, total: 1 },
  ...parts,
});

describe("report", () => {
  test("counts the decision by outcome and reason, and times its stages", async () => {
    const { samples, names } = await reported(resultOf("token-expired"), async () => {});
    expect(samples[0]).toEqual({
      name: "Decisions",
      value: 1,
      unit: "Count",
      dimensions: { outcome: "deny", reason: "token-expired" },
    });
    expect(names).toEqual([
      "Decisions",
      "DecisionLatency",
      "VerifyLatency",
      "RiskLatency",
      "EvaluateLatency",
      "TokenFailures",
    ]);
  });

  test("writes an event that does not reach the bus into the log, whole, and never rejects", async () => {
    const { names, lines } = await reported(resultOf("token-expired"), () =>
      Promise.reject(new Error("down")),
    );
    expect(names).toContain("UndeliveredEvents");
    expect(lines).toContain(JSON.stringify(event));
    expect(lines).not.toContain("secret-token");
  });

  test("logs and counts each report-only policy that would have forbidden the request", async () => {
    const decision = { ...denial("role-missing"), monitored: ["trial-one", "trial-two"] };
    const { samples, lines } = await reported(resultOf("role-missing", { decision }), async () => {});
    expect(samples.filter(({ name }) => name === "ReportOnlyForbids")).toEqual(
      ["trial-one", "trial-two"].map((policy) => ({
        name: "ReportOnlyForbids",
        value: 1,
        unit: "Count",
        dimensions: { policy },
      })),
    );
    expect(lines).toContain('"monitored":["trial-one","trial-two"]');
  });

  test("says nothing of report-only policies where none would have forbidden the request", async () => {
    const { lines, names } = await reported(resultOf("role-missing"), async () => {});
    expect(lines).not.toContain("monitored");
    expect(names).not.toContain("ReportOnlyForbids");
  });

  test("counts a risk table that could not be read, only where it was asked", async () => {
    expect(
      (await reported(resultOf("risk-unavailable", { caller: identity() }), async () => {})).names,
    ).toContain("RiskUnavailable");
    expect((await reported(resultOf("token-expired"), async () => {})).names).not.toContain(
      "RiskUnavailable",
    );
  });

  test("counts and names restrictions that could not be read, without further dimensions", async () => {
    const risk = {
      status: "known",
      userRestriction: { unreadable: ["revokedat"] },
      deviceRestriction: { quarantinedUntil: 1, unreadable: ["v"] },
    } as const;
    const { samples, lines } = await reported(
      resultOf("restriction-unreadable", { caller: identity(), risk }),
      async () => {},
    );
    expect(samples).toContainEqual({ name: "UnreadableRestrictions", value: 1, unit: "Count" });
    expect(lines).toContain('"unreadableRestrictions":["user.revokedat","device.v"]');
  });

  test("counts and names what it does not know of a risk, and counts neither where all is known", async () => {
    const risk = { status: "known", unknownAttributes: ["factors.leakedPassword"] } as const;
    const { samples, lines } = await reported(
      resultOf("policy-permits", { caller: identity(), risk }),
      async () => {},
    );
    expect(samples).toContainEqual({ name: "UnknownRiskAttributes", value: 1, unit: "Count" });
    expect(lines).toContain('"unknownRiskAttributes":["factors.leakedPassword"]');
    const { names } = await reported(
      resultOf("policy-permits", { caller: identity(), risk: { status: "known" } }),
      async () => {},
    );
    expect(names.filter((name) => /^Un(readable|known)/.test(name))).toEqual([]);
  });
});
