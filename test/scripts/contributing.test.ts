import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTrackedFiles } from "../../scripts/tracked-files.ts";

const root = join(import.meta.dirname, "../..");
const files = readTrackedFiles(root);
/** Tests and prose may name what they like. */
const sources = [...files].filter(([path]) => !/^(?:test|docs|\.github)\/|\.md$/.test(path));

/** The files in the table under "Files" of a page; a folder ends with a slash. */
function listed(page: string): readonly string[] {
  const text = readFileSync(join(root, "docs/contributing", page), "utf8");
  const [, section = ""] = text.split("\n## Files\n");
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = ""]) => path);
}

const namedBy = (pattern: RegExp): string[] =>
  sources.filter(([, text]) => pattern.test(text)).map(([path]) => path);

describe.each([
  { page: "add-a-provider.md", example: "okta", pattern: /\bokta\b/i },
  { page: "add-a-risk-factor.md", example: "the unusual hour", pattern: /unusual-?time/i },
  { page: "add-a-policy.md", example: "admin-hours", pattern: /admin-hours/ },
  {
    page: "add-a-bus-consumer.md",
    example: "the drift check",
    pattern: /DriftFunction|SERVICE\.drift|lambda\/drift|drift-function|sallyport-drift|name: "drift"/,
  },
])("The files that $page lists for $example", ({ page, pattern }) => {
  const places = listed(page);
  const covers = (path: string) =>
    places.some((place) => path === place || (place.endsWith("/") && path.startsWith(place)));

  test("are there", () => {
    expect(places.length).toBeGreaterThan(1);
    const absent = places.filter(
      (place) => ![...files.keys()].some((path) => path === place || path.startsWith(place)),
    );
    expect(absent).toEqual([]);
  });

  test("are all the sources that know of it", () => {
    const named = namedBy(pattern);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !covers(path))).toEqual([]);
  });
});

test("CONTRIBUTING.md links every page of docs/contributing/", () => {
  const pages = [...files.keys()].filter((path) => path.startsWith("docs/contributing/"));
  const text = files.get("CONTRIBUTING.md") ?? "";
  expect(pages.filter((page) => !text.includes(`(${page})`))).toEqual([]);
});
