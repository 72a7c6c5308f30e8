import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FACTORS } from "../../../domain/risk/factor-pack.ts";
import { DEFAULT_FACTOR_RULES } from "../../../domain/risk/risk-rules.ts";

const SOURCES = join(__dirname, "../../../domain/risk/factors");
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

test("the pack lists every file of domain/risk/factors, each of which is named after its factor", () => {
  const files = FACTORS.map(({ name }) => `${kebab(name)}.ts`);
  expect(readdirSync(SOURCES).toSorted()).toEqual(files.toSorted());
});

test("every factor has its own test", () => {
  const missing = FACTORS.filter(
    ({ name }) => !existsSync(join(__dirname, "factors", `${kebab(name)}.test.ts`)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test.each(["name", "key", "label"] as const)("no two factors have the same %s", (field) => {
  const values = FACTORS.map((factor) => factor[field]);
  expect(new Set(values).size).toBe(values.length);
});

test("no key is the name of a factor, because an unknown factor's points go by either", () => {
  const names = FACTORS.map(({ name }) => name as string);
  expect(FACTORS.filter(({ key }) => names.includes(key))).toEqual([]);
});

test("the defaults of all factors give 100 points at most", () => {
  const points = FACTORS.map((factor) => factor.mostPoints(DEFAULT_FACTOR_RULES[factor.name]));
  expect(points.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(100);
});

test("every field of every factor's rules has a setting", () => {
  for (const { name, defaults, settings } of FACTORS) {
    expect([name, Object.keys(settings).toSorted()]).toEqual([
      name,
      Object.keys(defaults as object).toSorted(),
    ]);
  }
});

test.each(FACTORS)(
  "$name names ATT&CK techniques, a finding type and a colour for either ground",
  (factor) => {
    expect(factor.techniques.join()).toMatch(/^T\d{4}(\.\d{3})?(,T\d{4}(\.\d{3})?)*$/);
    expect(factor.findingType).toMatch(/^(TTPs|Unusual Behaviors)\/[A-Z][A-Za-z ]+$/);
    expect([factor.colour.light, factor.colour.dark].join()).toMatch(/^#[0-9a-f]{6},#[0-9a-f]{6}$/);
  },
);
