import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PRODUCTS } from "../../../verification/issuers/products.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../../..", path), "utf8");
const docs = read("docs/tokens.md") + read("docs/keys.md");
const schema = read("sallyport.schema.json");

test.each(Object.entries(PRODUCTS))(
  "The documentation names the product of %s, how claims are added, and where its keys are",
  (_, { title, addClaims, keySet }) => {
    for (const words of [title, addClaims, ...(keySet === undefined ? [] : [keySet.shown])]) {
      expect(words).not.toBe("");
      expect(docs).toContain(words);
    }
  },
);

const fields = Object.values(PRODUCTS).flatMap(({ form }) => Object.values(form?.fields ?? {}));
test.each(fields)("The JSON Schema says of a product's own field: $says", (field) => {
  expect(field.says).not.toBe("");
  expect(schema).toContain(JSON.stringify(field.says));
  for (const word of field.kind === "choice" ? field.words : [])
    expect(schema).toContain(JSON.stringify(word));
});
