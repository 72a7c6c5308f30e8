import { existsSync, readdirSync, readFileSync } from "node:fs";
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

test("No decision outside verification/issuers/ depends on the name of a product", () => {
  const root = join(FOLDER, "../..");
  const sources = ["contract", "configuration", "domain", "verification", "lambda", "lib", "aws", "cli"]
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((file) => join(room, file)),
    )
    .filter((file) => file.endsWith(".ts") && !file.startsWith(join("verification", "issuers")));
  expect(sources.length).toBeGreaterThan(100);
  const deciding = sources.filter((file) =>
    /\bpreset\)? *[!=]== *["'`]|["'`] *[!=]== *\S*preset\b|switch \(\S*preset\b/.test(
      readFileSync(join(root, file), "utf8"),
    ),
  );
  expect(deciding).toEqual([]);
});
