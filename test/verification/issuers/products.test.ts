import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ISSUER_PRESETS, PRODUCTS, productOf } from "../../../verification/issuers/products.ts";

const FOLDER = join(import.meta.dirname, "../../../verification/issuers");

test("Every file of a product is in the list, and every product of the list has a file and a test", () => {
  const files = readdirSync(FOLDER).filter((name) => name !== "product.ts" && name !== "products.ts");
  expect(files.map((name) => name.replace(/\.ts$/, "")).sort()).toEqual([...ISSUER_PRESETS].sort());
  const untested = ISSUER_PRESETS.filter(
    (preset) => !existsSync(join(import.meta.dirname, `${preset}.test.ts`)),
  );
  expect(untested).toEqual([]);
});

test("No two products have a field of the same name, so that a field says which product it is for", () => {
  const fields = Object.values(PRODUCTS).flatMap(({ form }) => Object.keys(form?.fields ?? {}));
  expect(fields).toEqual([...new Set(fields)]);
  expect(fields).toContain("userPoolId");
});

test.each(["unheard-of", "constructor", "__proto__", ""])(
  "A preset %j is refused with the accepted ones",
  (preset) => {
    expect(() => productOf(preset)).toThrow(`unknown preset "${preset}"; accepted: cognito, oidc,`);
  },
);
