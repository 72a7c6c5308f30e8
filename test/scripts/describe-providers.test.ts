import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withProviders } from "../../scripts/documents/describe-providers.ts";
import { keycloak } from "../../verification/issuers/keycloak.ts";
import { ISSUER_PRESETS } from "../../verification/issuers/products.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/tokens.md"), "utf8");

test("docs/tokens.md matches verification/issuers (else run `npm run providers`)", () => {
  expect(withProviders(page)).toBe(page);
});

test("Every product has one row in each table", () => {
  const generated = page.slice(page.indexOf("<!-- Generated"), page.indexOf("<!-- End"));
  const rows = generated.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.map((row) => row.split("`")[1])).toEqual([...ISSUER_PRESETS, ...ISSUER_PRESETS]);
});

test("A row says all conditions of a service's token, and cannot break the table", () => {
  const text = withProviders(page, { odd: { ...keycloak, title: "One | Two" } });
  expect(text).toContain("| `odd` | One \\| Two |");
  expect(text).toContain(
    "| `preferred_username` is `service-account-<azp>`, `client_id` or `clientId` is `azp`, and `sid` and `auth_time` are absent |",
  );
});

test("A page without a place for the tables is refused", () => {
  expect(() => withProviders("# What your tokens must carry\n")).toThrow("docs/tokens.md needs the lines");
});
