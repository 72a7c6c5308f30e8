import { z } from "zod";
import { REGION } from "./allowed-apis.ts";
import { isCountryCode } from "./iso-countries.ts";

/** A text field; every mistake in it is answered with what is accepted. */
export const text = (accepted: string, check: (value: string) => boolean) =>
  z.string({ error: accepted }).refine(check, { error: accepted, abort: true });

export const bool = () => z.boolean({ error: "true or false" });

export const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `one of ${words.map((word) => `"${word}"`).join(", ")}` });

export const wholeNumber = (from: number, to: number, what = "a whole number") => {
  const error = `${what} from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
};

export const listOf = <T extends z.ZodType>(item: T, accepted: string, atLeast = 0) =>
  z.array(item, { error: accepted }).min(atLeast, { error: accepted });

/** An object that takes no field but its own; an unknown one is answered with the nearest name. */
export const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: "an object" });

export const nonEmpty = (accepted: string) =>
  text(accepted, (value) => value.trim() === value && value !== "");

export const zone = () =>
  text('an IANA time zone such as "Europe/Berlin" or "UTC"', (name) => {
    // Intl also takes offsets such as +01:00, which know no summer time and are no names.
    if (!/^[A-Za-z]/.test(name)) return false;
    try {
      new Intl.DateTimeFormat("en", { timeZone: name });
      return true;
    } catch {
      return false;
    }
  });

export const region = () => text('an AWS Region such as "eu-central-1"', (value) => REGION.test(value));

export const country = () => text('an ISO 3166-1 alpha-2 code in capitals such as "DE"', isCountryCode);

/**
 * An https URL that can be an issuer: RFC 8414 §2 allows no query and no fragment, and `|` ends it
 * in table keys.
 */
export const issuerUrl = () =>
  text(
    "an https URL (or, with jwksUri, an http URL) without query, fragment, credentials or |",
    (value) => isPlainHttpsUrl(value.replace(/^http:/, "https:")) && !/[?|]/.test(value),
  );

export const httpsUrl = () => text("an https URL without fragment or credentials", isPlainHttpsUrl);

function isPlainHttpsUrl(value: string): boolean {
  if (/[\s#\\]/.test(value) || !value.startsWith("https://") || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === "" && password === "";
}

export const proxyUrl = () =>
  text("an http or https URL of a proxy, without path or credentials", (value) => {
    if (!/^https?:\/\/[^\s/?#]+\/?$/.test(value) || !URL.canParse(value)) return false;
    // They would be readable in a file beside the bundle.
    const { username, password } = new URL(value);
    return username === "" && password === "";
  });

/** Where clients call an API, its base path included. */
export const publicUrl = () =>
  text(
    'an https URL without query, fragment or credentials such as "https://api.example.com/v1"',
    (value) => isPlainHttpsUrl(value) && !value.includes("?"),
  );

export const origin = () =>
  text('"*" or an origin such as "https://app.example.com"', (value) => {
    if (value === "*") return true;
    return /^https?:\/\/[^'\s]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value;
  });

/** Where a claim stands: its name, or the names from the outside in. */
export const claimPath = () => {
  const accepted = "a claim's name, or a list of names from the outside in";
  const name = z.string().min(1);
  return z.union([name, z.array(name).min(1)], { error: accepted });
};
