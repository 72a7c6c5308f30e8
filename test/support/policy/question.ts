import type { PolicyContext, PolicyQuestion } from "../../../domain/decision/policy-question.ts";

type Overrides = { readonly [Key in keyof PolicyContext]?: Partial<PolicyContext[Key]> };

/** A question that the default policies allow, but for what the caller changes. */
export function question(
  changes: Partial<Omit<PolicyQuestion, "context">> = {},
  context: Overrides = {},
): PolicyQuestion {
  return {
    principal: { kind: "user", issuer: "https://issuer.example", subject: "someone", roles: [], scopes: [] },
    method: "GET",
    resource: { api: "a1b2c3", stage: "live", path: "/api/orders", segments: ["general"] },
    ...changes,
    context: {
      authentication: { mfa: false, issuedAt: 1_767_614_400, ...context.authentication },
      device: {
        trust: "medium",
        trustRank: 2,
        proven: false,
        registered: false,
        posture: "none",
        quarantined: false,
        ...context.device,
      },
      session: { revoked: false, quarantined: false, ...context.session },
      user: { tokensRevoked: false, quarantined: false, ...context.user },
      risk: { known: true, score: 0, ...context.risk },
      network: { address: "192.0.2.1", ...context.network },
      time: { epochSeconds: 1_767_614_460, hour: 12, minute: 1, dayOfWeek: 1, ...context.time },
      deployment: { countries: [], ...context.deployment },
    },
  };
}
