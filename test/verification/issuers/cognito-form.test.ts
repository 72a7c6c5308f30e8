import { ISSUER_PRESETS, productOf } from "../../../verification/issuers/products.ts";

const { form, tokens, otherName } = productOf("cognito");
if (form === undefined || tokens === undefined) throw new Error("Cognito has a form and rules for tokens");

const POOL = "eu-central-1_AbCdEf123";

/** The field's pattern; every text field has one. */
function patternOf(name: string): RegExp {
  const field = form?.fields[name];
  if (field?.kind !== "text") throw new Error(`${name} is not a text`);
  return field.pattern;
}

test.each([
  ["userPoolId", POOL, true],
  ["userPoolId", "us-gov-west-1_a", true],
  ["userPoolId", `x ${POOL}`, false],
  ["userPoolId", `${POOL}/`, false],
  ["userPoolId", "eu-central_1", false],
  ["userPoolId", "EU-central-1_x", false],
  ["userPoolId", `eu-central-1_${"a".repeat(47)}`, false],
  ["region", "eu-central-1", true],
  ["region", "us-gov-west-1", true],
  ["region", " eu-central-1", false],
  ["region", "eu-central-1a", false],
  ["region", "e-central-1", false],
  ["region", "europe-central-1", false],
  ["region", "eu-central-one", false],
  ["region", "11-central-1", false],
  ["region", "eu-11-1", false],
])("%s may be %j: %s", (name, value, accepted) => {
  expect(patternOf(name).test(value)).toBe(accepted);
});

test("the fields are described, and two are required", () => {
  const { userPoolId, region, clientIds, tokenUse } = form.fields;
  expect([userPoolId?.required, region?.required, clientIds?.required, tokenUse?.required]).toEqual([
    true,
    undefined,
    true,
    undefined,
  ]);
  expect(tokenUse).toMatchObject({ kind: "choice", words: ["access", "id"] });
});

test("every field of every product says what it is and what it accepts", () => {
  const forms = ISSUER_PRESETS.flatMap((preset) => productOf(preset).form ?? []);
  const texts = forms.flatMap(({ fields, without }) => [
    ...Object.values(fields).flatMap((field) => [
      field.says,
      ...(field.kind === "choice" ? field.words : [field.accepted]),
      ...(field.kind === "list" ? [field.item] : []),
    ]),
    ...Object.values(without),
  ]);
  expect(texts.length).toBeGreaterThan(8);
  expect(texts.filter((text) => !/^\w+ ?\S/.test(text))).toEqual([]);
});

test.each([
  [{ userPoolId: POOL }, []],
  [{ region: "eu-central-1" }, []],
  [{ userPoolId: POOL, region: "eu-central-1" }, []],
  [
    { userPoolId: POOL, region: "eu-central-2" },
    [{ field: "region", accepted: "the Region that userPoolId begins with, or nothing" }],
  ],
  [
    { userPoolId: `eu-central-1_eu-central-2_`, region: "eu-central-2" },
    [{ field: "region", accepted: "the Region that userPoolId begins with, or nothing" }],
  ],
])("the Region must be the pool's: %j", (values, problems) => {
  expect(form.problems(values)).toEqual(problems);
});

test("the issuer follows from the pool, with China's suffix in China alone", () => {
  expect(form.issuer({})).toBeUndefined();
  expect(form.issuer({ userPoolId: POOL })).toBe(`https://cognito-idp.eu-central-1.amazonaws.com/${POOL}`);
  expect(form.issuer({ userPoolId: "cn-north-1_x" })).toBe(
    "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_x",
  );
});

test("clients and the kind of token come from their fields", () => {
  expect(form.audience({ clientIds: ["a"] })).toEqual(["a"]);
  expect(form.tokenUse?.({ tokenUse: "id" })).toBe("id");
});

test("a token must have the claims of Cognito's tokens, of the accepted kind and client", () => {
  expect(tokens.required).toEqual(["exp", "iat", "sub", "jti", "token_use"]);
  const accepted = { tokenUse: "access", audience: ["web"] } as const;
  const claims = { token_use: "access", client_id: "web" };
  expect(tokens.validate(claims, accepted)).toBeUndefined();
  expect(tokens.validate({ ...claims, token_use: "id" }, accepted)).toBe("token-use-mismatch");
  expect(tokens.validate({ ...claims, client_id: "other" }, accepted)).toBe("audience-mismatch");
});

test.each([
  "https://issuer.example/pool",
  "x https://cognito-idp.eu-central-1.amazonaws.com/pool",
  "http://cognito-idp.eu-central-1.amazonaws.com/pool",
  "https://cognito-idp.eu-central-1.amazonaws.com/pool/more",
])("an issuer that is not a pool's has no other name: %s", (issuer) => {
  expect(otherName?.(issuer)).toBeUndefined();
});
