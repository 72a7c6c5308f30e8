import { authorize } from "../../../lambda/authorizer/authorize.ts";
import { connectEvent } from "../../support/gateway/connect-event.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { tokenIssuer } from "../../support/verification/token-issuer.ts";

describe("a connection, judged by the default policies,", () => {
  const judging = { ...options, webSocket: { queryParameter: "access_token" } };

  test.each([
    ["opens for a trusted device", { device_trust_level: "medium" }, {}, "allow", "policy-permits"],
    ["stays shut for a poor one", { device_trust_level: "low" }, {}, "deny", "device-trust-too-low"],
    [
      "stays shut for a token that is bound to a key, for which no proof can be made here",
      { device_trust_level: "medium", cnf: { jkt: "k".repeat(43) } },
      {},
      "deny",
      "proof-missing",
    ],
    [
      "waits at elevated risk",
      { device_trust_level: "medium" },
      { user: { score: 75, factors: {} as never, updatedAt: 1 } },
      "step-up",
      "risk-elevated",
    ],
  ])("%s", async (_, claims, known, outcome, reason) => {
    const { verifier, sign } = await tokenIssuer();
    const token = await sign(claims);
    const ports = {
      ...strictPorts,
      now: Date.now,
      verifier,
      readRiskState: async () => ({ status: "known", ...known }) as const,
      ask,
      proofs: { publicOrigins: {}, age: { maxAge: 60, leeway: 5 }, remember: async () => "first" as const },
    };
    for (const handshake of [
      { headers: { Authorization: `Bearer ${token}` } },
      { headers: { "Sec-WebSocket-Protocol": `sallyport.bearer, ${token}` } },
      { query: { access_token: [token] } },
    ]) {
      const { decision } = await authorize(connectEvent(handshake), ports, judging);
      expect([decision.outcome, decision.reasons[0]]).toEqual([outcome, reason]);
    }
  });
});
