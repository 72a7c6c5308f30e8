import { isCountryCode } from "../../configuration/iso-countries.ts";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const accepted = LETTERS.flatMap((one) => LETTERS.map((other) => one + other)).filter(isCountryCode);

test("there are the 249 codes of ISO 3166-1, and XK", () => {
  expect(accepted).toHaveLength(250);
});

test("each is a region that the platform's own table has a name for", () => {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  expect(accepted.filter((code) => names.of(code) === undefined)).toEqual([]);
});

test.each(["EU", "UK", "UN", "AN", "ZZ", "T1", "A1", "de", "DEU", ""])("%s is none", (code) => {
  expect(isCountryCode(code)).toBe(false);
});
