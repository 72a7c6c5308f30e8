import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { Reader } from "mmdb-lib";
import { BUNDLE_FILE } from "../contract/environment.ts";
import type { Location } from "../domain/evidence/access-request.ts";
import { readAddress } from "./client-address.ts";

/**
 * Where an address seems to be; undefined when nothing is known of it. Throws if a database cannot
 * be read.
 */
export type Locate = (address: string) => Location | undefined;

type Lookup = (address: string) => unknown;

/** Countries only, from the small database beside the bundle. */
export function openCountryLocator(folder: string): Locate {
  const lookup = openDatabase(join(folder, BUNDLE_FILE.countryDatabase));
  return (address) => {
    const plain = readAddress(address);
    const country = plain === undefined ? undefined : readCountry(lookup(plain));
    return country === undefined ? undefined : { country };
  };
}

/**
 * Cities with coordinates, from the databases beside the bundle, one for each family of addresses.
 * A hit without a city has the coordinates of its country's middle, which would feign travel: it
 * gives the country only.
 */
export function openCityLocator(folder: string): Locate {
  const ipv4 = openDatabase(join(folder, BUNDLE_FILE.cityDatabaseIpv4));
  const ipv6 = openDatabase(join(folder, BUNDLE_FILE.cityDatabaseIpv6));
  return (address) => {
    const plain = readAddress(address);
    if (plain === undefined) return undefined;
    const record = isIP(plain) === 4 ? ipv4(plain) : ipv6(plain);
    const location = { ...countryOf(record), ...cityOf(record) };
    return Object.keys(location).length === 0 ? undefined : location;
  };
}

/** Reads the file at the first look-up: a warm start that never needs it does not pay for it. */
function openDatabase(path: string): Lookup {
  let reader: Reader<never> | undefined;
  return (address) => {
    reader ??= new Reader<never>(readFileSync(path));
    // The reader would walk an IPv4 tree with the first bits of an IPv6 address, and find some
    // place.
    if (reader.metadata.ipVersion === 4 && isIP(address) === 6) return undefined;
    return reader.get(address) ?? undefined;
  };
}

function countryOf(record: unknown): Pick<Location, "country"> {
  const country = readCountry(record);
  return country === undefined ? {} : { country };
}

/** `country_code` in the databases of ip-location-db, `country.iso_code` in MaxMind's. */
function readCountry(record: unknown): string | undefined {
  const code = text(field(record, "country_code")) ?? text(field(record, "country", "iso_code"));
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined;
}

/** Flat fields in the databases of ip-location-db, `city.names.en` and `location` in MaxMind's. */
function cityOf(record: unknown): Omit<Location, "country"> {
  const city = text(field(record, "city")) ?? text(field(record, "city", "names", "en"));
  if (city === undefined) return {};
  const latitude = field(record, "latitude") ?? field(record, "location", "latitude");
  const longitude = field(record, "longitude") ?? field(record, "location", "longitude");
  return isDegrees(latitude, 90) && isDegrees(longitude, 180) ? { city, latitude, longitude } : { city };
}

function field(record: unknown, ...path: readonly string[]): unknown {
  let found = record;
  for (const name of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const isDegrees = (value: unknown, most: number): value is number =>
  typeof value === "number" && Math.abs(value) <= most;
