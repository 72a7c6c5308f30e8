import { posix, win32 } from "node:path";
import fc from "fast-check";
import { everyReadingOf } from "../../../domain/decision/path-reading.ts";
import { type SegmentTable, segmentsOf } from "../../../domain/decision/segment.ts";

const TABLE: SegmentTable = { general: ["/**"], admin: ["/api/admin/**"] };

const escapeAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/**
 * What an attacker may do to a path so that the server behind still serves the same route; `at`
 * chooses the place.
 */
const TRICKS: readonly ((path: string, at: number) => string)[] = [
  (path, at) => `${path.slice(0, at)}${escapeAll(path.slice(at, at + 1))}${path.slice(at + 1)}`,
  (path) => path.replaceAll("%", "%25"),
  (path, at) => `${path.slice(0, at)}${path.slice(at, at + 1).toUpperCase()}${path.slice(at + 1)}`,
  (path, at) => atSlash(path, at, "//"),
  (path, at) => atSlash(path, at, "\\"),
  (path, at) => atSlash(path, at, "/./"),
  (path, at) => atSlash(path, at, "/x/../"),
  (path, at) => atSlash(path, at, "/x/..;y/"),
  (path, at) => atSlash(path, at, ";v=1/"),
  (path, at) => atSlash(path, at, "/%2e/"),
  (path) => `${path}/`,
  (path) => path.replace("i", "%C4%B0"),
  (path) => path.replace("/admin", "/admin.php"),
  (path) => path.replace("/admin", "/ad%C2%ADmin"),
  (path) => path.replace("/admin", "%E2%88%95admin"),
  (path) => `${path};a=b`,
  (path) => `${path}%3fx=1`,
  (path) => `${path}%20`,
];

/** Replaces one slash, but the first only by what still begins with one. */
function atSlash(path: string, at: number, by: string): string {
  const places = [...path.matchAll(/\//g)].map(({ index }) => index);
  const place = places[at % places.length] ?? 0;
  if (place === 0 && !by.startsWith("/")) return path;
  return `${path.slice(0, place)}${by}${path.slice(place + 1)}`;
}

/** How servers that this project did not write come to the path that they route by. */
const SERVERS: readonly ((path: string) => string)[] = [
  (path) => new URL(`http://x${path}`).pathname,
  (path) => posix.normalize(path),
  (path) => posix.normalize(decodeURIComponent(path)),
  (path) => win32.normalize(decodeURIComponent(path)).replaceAll("\\", "/"),
  (path) => decodeURIComponent(new URL(`http://x${path}`).pathname),
];

const tricks = fc.array(fc.tuple(fc.constantFrom(...TRICKS), fc.nat(60)), { maxLength: 4 });
const adminPath = fc
  .array(fc.stringMatching(/^[a-z0-9-]{1,8}$/), { maxLength: 3 })
  .map((parts) => ["/api/admin", ...parts].join("/"));

/** Milliseconds; generous, for machines that do other work */
const TIMEOUT = 60_000;

describe("segmentsOf", () => {
  it(
    "lets no reading trick take an admin route out of the admin segment",
    () => {
      fc.assert(
        fc.property(adminPath, tricks, (path, steps) => {
          const written = steps.reduce(
            // The first character stays, as a gateway hands out no path without its leading slash.
            (text, [trick, at]) => trick(text, 1 + (at % (text.length - 1))),
            path,
          );
          const match = segmentsOf(TABLE, written);
          expect(match.status === "ambiguous" || match.segments.includes("admin")).toBe(true);
        }),
        { numRuns: 1000 },
      );
    },
    TIMEOUT,
  );

  it(
    "finds no way into admin for a path that is not there in every reading",
    () => {
      const nasty = fc.constantFrom(
        "/",
        "\\",
        "..",
        ".",
        ";",
        "%2f",
        "%2e",
        "%25",
        "api",
        "admin",
        "a",
        "A",
        "//",
        "?",
      );
      fc.assert(
        fc.property(fc.array(nasty, { maxLength: 14 }), (parts) => {
          const path = `/${parts.join("")}`;
          const match = segmentsOf(TABLE, path);
          if (match.status === "ambiguous") return;
          const inAdmin = (reading: string) => /^\/api\/admin(\/|$)/i.test(reading);
          const expected = match.segments.includes("admin");
          for (const reading of everyReadingOf(path) ?? []) expect(inAdmin(reading)).toBe(expected);
          for (const server of SERVERS) expect(inAdmin(server(path))).toBe(expected);
        }),
        { numRuns: 1000 },
      );
    },
    TIMEOUT,
  );

  it(
    "takes any text, within its bounds, and answers the same again",
    () => {
      const text = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ maxLength: 5000 }));
      fc.assert(
        fc.property(text, (tail) => {
          const path = `/${tail}`;
          expect(segmentsOf(TABLE, path)).toEqual(segmentsOf({ ...TABLE }, path));
          const readings = everyReadingOf(path) ?? [];
          expect(readings.length).toBeLessThanOrEqual(256);
          expect(readings.reduce((sum, reading) => sum + reading.length, 0)).toBeLessThanOrEqual(65_536);
        }),
      );
    },
    TIMEOUT,
  );

  it(
    "places every plain path, and reads it one way",
    () => {
      const plain = fc.array(fc.stringMatching(/^[a-z0-9_-]{1,12}$/), { maxLength: 6 });
      fc.assert(
        fc.property(plain, (parts) => {
          const path = `/${parts.join("/")}`;
          expect(everyReadingOf(path)).toEqual([path]);
          const admin = parts[0] === "api" && parts[1] === "admin";
          expect(segmentsOf(TABLE, path)).toEqual({
            status: "matched",
            segments: admin ? ["general", "admin"] : ["general"],
          });
        }),
      );
    },
    TIMEOUT,
  );
});
