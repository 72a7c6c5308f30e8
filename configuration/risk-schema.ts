import type { z } from "zod";
import { FACTORS, type Factor } from "../domain/risk/factor-pack.ts";
import type { FactorSetting } from "../domain/risk/factor-setting.ts";
import { listOf, section, text, wholeNumber } from "./fields.ts";

/** What the configuration says of each factor's rules, field by field. */
type FactorSections = {
  [One in Factor as One["name"]]: z.ZodOptional<
    z.ZodType<Partial<One["defaults"]>, Partial<One["defaults"]>>
  >;
};

const pathPrefix = text('a path that begins with "/"', (value) => /^\/[^?#\s]*$/.test(value));

function field(setting: FactorSetting): z.ZodType {
  switch (setting.kind) {
    case "whole":
      return wholeNumber(setting.from, setting.to, setting.unit);
    case "path-prefixes":
      return listOf(pathPrefix, "a list of path prefixes");
    case "list":
      return listOf(section(mapFields(setting.of, field)), setting.accepted, setting.atLeast);
  }
}

const optionalField = (setting: FactorSetting) => field(setting).optional().describe(setting.describes);

const mapFields = <T>(
  settings: Readonly<Record<string, FactorSetting>>,
  map: (setting: FactorSetting) => T,
) => Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, map(setting)]));

const factorSections = Object.fromEntries(
  FACTORS.map((factor) => {
    const rules = section(mapFields(factor.settings, optionalField));
    const { access } = factor.describe(factor.defaults);
    return [factor.name, rules.optional().describe(`An access ${access}.`)];
  }),
) as unknown as FactorSections;

export const riskSchema = section({
  rules: section({
    ...factorSections,
    hold: wholeNumber(1, 7 * 24 * 3600, "whole seconds")
      .optional()
      .describe("Seconds for which a factor's points are held."),
  }).optional(),
  thresholds: section({ medium: threshold("MEDIUM"), high: threshold("HIGH, and a step-up") }).optional(),
});

function threshold(means: string) {
  return wholeNumber(0, 100).optional().describe(`A score above this raises a finding of severity ${means}.`);
}

export type RiskInput = z.output<typeof riskSchema>;
