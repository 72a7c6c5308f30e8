import type { PageMessage } from "../../console/message.ts";
import { FACTORS } from "../../domain/risk/factor-pack.ts";
import { DEFAULT_THRESHOLDS } from "../../domain/risk/risk-rules.ts";
import { completePoints, type UserRisk } from "../../domain/risk/risk-state.ts";
import type { Laptop } from "../laptop.ts";
import { type Observation, observe } from "../scenario/observe.ts";
import { describeDecision, describeFactor, describeFinding, describeRisk, ownFinding } from "./describe.ts";
import { watchRisk } from "./watch-risk.ts";

export interface LaptopPublication {
  readonly observation: Observation;
  readonly close: () => Promise<void>;
}

/** What a user's bar shows when the points have expired */
const NO_RISK: UserRisk = { score: 0, factors: completePoints(), updatedAt: 0 };

/**
 * Above this score the default policies deny every request; see policies/default/default.cedar,
 * `risk-bearable`
 */
const UNBEARABLE = 90;

/**
 * Publishes everything that happens on a laptop: decisions from the bus, findings, and risk as the
 * table holds it.
 */
export function publishLaptop(
  laptop: Laptop,
  readRisk: Parameters<typeof watchRisk>[0]["read"],
  publish: (message: PageMessage) => void,
): LaptopPublication {
  const { gateway, issuer, stack, timeZone } = laptop;
  publish({
    kind: "about",
    apis: gateway.apis.map(({ name, kind, url }) => ({ name, kind, url })),
    issuer: issuer.url,
    timeZone,
    thresholds: [
      { at: DEFAULT_THRESHOLDS.medium, means: "a finding of severity MEDIUM" },
      { at: DEFAULT_THRESHOLDS.high, means: "the finding becomes HIGH, and the user is challenged" },
      { at: UNBEARABLE, means: "every request is denied" },
    ],
    factors: FACTORS.map(describeFactor),
  });
  const watch = watchRisk({
    read: readRisk,
    onRisk: (user, risk) => publish(describeRisk(user.issuer, user.subject, risk ?? NO_RISK)),
  });
  const names = new Map(gateway.apis.map(({ apiId, kind }) => [apiId, `${kind.toUpperCase()} API`]));
  const observation = observe(stack.bus, (event) => {
    publish(describeDecision(event, names));
    const { uid, domain } = event.actor.user;
    if (uid !== undefined && domain !== undefined) watch.notice({ issuer: domain, subject: uid });
  });
  const forget = stack.securityHub.onFinding((stored) => {
    const finding = ownFinding(stored);
    if (finding !== undefined) publish(describeFinding(finding));
  });
  return {
    observation,
    close: async () => {
      observation.close();
      forget();
      await watch.close();
    },
  };
}
