import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCityLocator, openCountryLocator } from "../../lambda/locate.ts";

/**
 * What the database says of 192.0.2.1. No writer of MMDB files is at hand, so the reader alone is
 * replaced.
 */
let record: unknown;
jest.mock("mmdb-lib", () => ({
  Reader: class {
    readonly metadata = { ipVersion: 6 };
    get(): unknown {
      return record;
    }
  },
}));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "locate-"));
  for (const name of ["country.mmdb", "city-ipv4.mmdb", "city-ipv6.mmdb"]) {
    writeFileSync(join(folder, name), "");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [
    "a city of ip-location-db",
    { country_code: "DE", city: "Bonn", latitude: 50.73, longitude: 7.1 },
    { country: "DE", city: "Bonn", latitude: 50.73, longitude: 7.1 },
  ],
  [
    "a city of MaxMind",
    {
      country: { iso_code: "DE" },
      city: { names: { de: "Köln", en: "Cologne" } },
      location: { latitude: 50.94, longitude: 6.96 },
    },
    { country: "DE", city: "Cologne", latitude: 50.94, longitude: 6.96 },
  ],
  [
    "a hit without a city, whose coordinates are the middle of the country",
    { country_code: "US", city: "", latitude: 37.751, longitude: -97.822 },
    { country: "US" },
  ],
  [
    "the same of MaxMind",
    { country: { iso_code: "US" }, location: { latitude: 37.751, longitude: -97.822 } },
    { country: "US" },
  ],
  [
    "coordinates that are none",
    { country_code: "DE", city: "Bonn", latitude: "50", longitude: 7 },
    { country: "DE", city: "Bonn" },
  ],
  ["a country that is none", { country_code: "Germany" }, undefined],
  ["nothing", null, undefined],
  ["a number", 7, undefined],
])("%s", (_, found, location) => {
  record = found;
  expect(openCityLocator(folder)("192.0.2.1")).toEqual(location);
  const country = location && "country" in location ? { country: location.country } : undefined;
  expect(openCountryLocator(folder)("192.0.2.1")).toEqual(country);
});
