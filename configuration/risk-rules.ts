import { FACTORS } from "../domain/risk/factor-pack.ts";
import {
  DEFAULT_FACTOR_RULES,
  DEFAULT_THRESHOLDS,
  type FactorRules,
  type RiskThresholds,
} from "../domain/risk/risk-rules.ts";
import type { ConfigurationProblem } from "./configuration-error.ts";
import { show } from "./problem.ts";
import type { RiskInput } from "./risk-schema.ts";

/** The rules of risk: the defaults with what the configuration says instead. */
export function mergeRisk(risk: RiskInput | undefined): { rules: FactorRules; thresholds: RiskThresholds } {
  const said = risk?.rules ?? {};
  const factors = FACTORS.map(({ name }) => [name, { ...DEFAULT_FACTOR_RULES[name], ...said[name] }]);
  return {
    rules: { ...(Object.fromEntries(factors) as FactorRules), hold: said.hold ?? DEFAULT_FACTOR_RULES.hold },
    thresholds: { ...DEFAULT_THRESHOLDS, ...present(risk?.thresholds) },
  };
}

/** Optional fields as zod types them may hold `undefined`; JSON never brings one. */
const present = <T extends object>(part: T | undefined) =>
  (part ?? {}) as { [K in keyof T]: Exclude<T[K], undefined> };

/** Finds mistakes between fields of the risk section. */
export function riskProblems(risk: RiskInput): readonly ConfigurationProblem[] {
  const { rules, thresholds } = mergeRisk(risk);
  const problems = FACTORS.flatMap(({ name, problems: find }) => find?.(rules[name], rules.hold) ?? []).map(
    ({ path, found, accepted }) => ({ path: `risk.rules.${path}`, found: show(found), accepted }),
  );
  const demand = (path: string, ok: boolean, found: string, accepted: string) => {
    if (!ok) problems.push({ path: `risk.${path}`, found, accepted });
  };
  demand("thresholds", thresholds.medium < thresholds.high, show(thresholds), "`medium` less than `high`");
  const most = FACTORS.reduce((sum, { name, mostPoints }) => sum + mostPoints(rules[name]), 0);
  demand("rules", most <= 100, `${most} points in all`, "points of all factors that add up to 100 at most");
  return problems;
}
