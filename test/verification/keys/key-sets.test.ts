import { generateKeyPairSync } from "node:crypto";
import { chooseKey, describeLeftOut, parseKeySet } from "../../../verification/keys/key-set.ts";
import { allowsAlgorithm } from "../../../verification/keys/verification-key.ts";

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const rsa = (modulusLength: number) =>
  generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" });
const good = { ...rsa(2048), kid: "good", alg: "RS256", use: "sig" };
const ec = {
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid: "ec",
};
const setOf = (...keys: unknown[]) => parseKeySet(bytes({ keys }));
const ids = (...keys: unknown[]) => setOf(...keys).keys.map(({ kid }) => kid);

describe("parseKeySet", () => {
  test("keeps keys that may verify", () => {
    expect(ids(good, ec, { ...good, kid: "no-alg", alg: undefined })).toEqual(["good", "ec", "no-alg"]);
  });

  test.each([
    ["with e = 1, for which every signature verifies", { ...good, e: "AQ" }],
    ["of 1024 bits", { ...rsa(1024), kid: "weak" }],
    ["with private parts", { ...good, d: "AQAB" }],
    ["that is symmetric", { kty: "oct", k: "c2VjcmV0", kid: "oct" }],
    ["for encryption", { ...good, use: "enc" }],
    ["whose operations lack verify", { ...good, key_ops: ["encrypt"] }],
    ["whose algorithm is of another family", { ...good, alg: "ES256" }],
    ["whose algorithm is of another curve", { ...ec, alg: "ES384" }],
    ["whose algorithm is symmetric", { ...good, alg: "HS256" }],
    ["whose key id is empty", { ...good, kid: "" }],
    ["whose key id is a number", { ...good, kid: 7 }],
    ["without a type", { ...good, kty: undefined }],
    ["that is null", null],
    ["that is text", "key"],
  ])("leaves out a key %s and keeps the rest", (_, bad) => {
    expect(ids(bad, good)).toEqual(["good"]);
  });

  test.each([
    ["has a member twice", '"kid":"bad","kid":"worse"'],
    ["nests too deep", `"kid":"bad","x":${"[".repeat(20)}${"]".repeat(20)}`],
  ])("leaves out a key that %s and keeps the rest", (_, words) => {
    // Good in all else.
    const { kid: _kid, ...members } = good;
    const bad = `${JSON.stringify(members).slice(0, -1)},${words}}`;
    const set = `{"keys":[${JSON.stringify(ec)},${bad},${JSON.stringify(good)}]}`;
    expect(parseKeySet(bytes(set)).keys.map(({ kid }) => kid)).toEqual(["ec", "good"]);
  });

  test("refuses a document that has two lists of keys", () => {
    const list = `"keys":[${JSON.stringify(good)}]`;
    expect(() => parseKeySet(bytes(`{${list},${list}}`))).toThrow("an array `keys`");
  });

  test("knows an Ed25519 key by both names of its algorithm unless it states one", () => {
    const ed = { ...generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }), kid: "ed" };
    const named = (alg?: string) => {
      const [key] = setOf({ ...ed, alg }).keys;
      return key && ["EdDSA", "Ed25519", "Ed448", "ES256"].filter((name) => allowsAlgorithm(key, name));
    };
    expect(named()).toEqual(["EdDSA", "Ed25519"]);
    expect(named("EdDSA")).toEqual(["EdDSA"]);
    expect(named("Ed25519")).toEqual(["Ed25519"]);
    expect(named("Ed448")).toBeUndefined();
    expect(ids({ ...ec, alg: "Ed25519" }, { ...good, alg: "Ed25519" })).toEqual([]);
    expect(ids({ ...ed, alg: "Ed25519" }, { ...ed, alg: "EdDSA" }, good)).toEqual(["ed", "ed", "good"]);
  });

  test("keeps one Ed25519 key that is there with and without its algorithm, and not two", () => {
    const pair = () => generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
    const ed = { ...pair(), kid: "ed" };
    for (const alg of ["EdDSA", "Ed25519"]) {
      const set = setOf(ed, { ...ed, alg }, good);
      expect(set.leftOut).toEqual([]);
      for (const kid of ["ed", undefined]) expect(chooseKey(set, kid, alg)).toMatchObject({ kid: "ed" });
      expect(ids(ed, { ...pair(), kid: "ed", alg }, good)).toEqual(["good"]);
      expect(ids({ ...pair(), kid: "ed", alg }, ed, good)).toEqual(["good"]);
    }
  });

  test("refuses a document of more than 500 keys before it reads one", () => {
    const keys = (count: number) => Array.from({ length: count }, (_, at) => ({ ...ec, kid: `${at}` }));
    expect(ids(...keys(500))).toHaveLength(500);
    expect(() => setOf(...keys(501))).toThrow("the key set has more than 500 keys");
  });

  test("leaves out both of two keys of one id and algorithm, and keeps one that is there twice", () => {
    const other = { ...rsa(2048), kid: "good", alg: "RS256" };
    expect(ids(other, good, ec)).toEqual(["ec"]);
    expect(ids(other, ec, good, other)).toEqual(["ec"]);
    expect(ids(good, ec, good)).toEqual(["good", "ec"]);
    expect(ids({ ...good, use: "enc" }, good)).toEqual(["good"]);
  });

  test.each([
    ["not JSON", "<html>"],
    ["no keys", {}],
    ["keys that are a map", { keys: {} }],
    ["too large", { keys: [], padding: "x".repeat(300_000) }],
  ])("refuses a document with %s", (_, document) => {
    expect(() => parseKeySet(bytes(document))).toThrow();
  });
});

describe("keys that share a key id", () => {
  test("are kept where they are of different types, or one key for several algorithms", () => {
    expect(ids({ ...good, kid: "ec" }, ec)).toEqual(["ec", "ec"]);
    const algorithms = ["RS256", "RS384", "PS256"];
    expect(ids(...algorithms.map((alg) => ({ ...good, alg })))).toEqual(["good", "good", "good"]);
  });

  test("are chosen by the token's algorithm", () => {
    const set = setOf({ ...good, kid: "ec" }, ec, { ...good, kid: "ec", alg: "PS256" });
    for (const algorithm of ["RS256", "PS256", "ES256"]) {
      expect(chooseKey(set, "ec", algorithm)).toMatchObject({ kid: "ec", algorithm });
    }
    expect(chooseKey(set, "ec", "RS512")).toBe("other-algorithm");
    expect(chooseKey(set, "other", "RS256")).toBe("unknown");
  });
});

describe("a token without a key id", () => {
  test("means the only key for its algorithm, with or without a key id", () => {
    expect(chooseKey(setOf(good, ec), undefined, "ES256")).toMatchObject({ kid: "ec" });
    const nameless = setOf(good, { ...ec, kid: undefined });
    expect(chooseKey(nameless, undefined, "ES256")).toMatchObject({ algorithm: "ES256" });
    expect(chooseKey(nameless, "ec", "ES256")).toBe("unknown");
  });

  test("means none of several, and none where no key fits", () => {
    expect(chooseKey(setOf(good, { ...rsa(2048), kid: "next" }), undefined, "RS256")).toBe("ambiguous");
    expect(chooseKey(setOf(good), undefined, "ES256")).toBe("unknown");
    const nameless = setOf({ ...good, kid: undefined }, { ...rsa(2048), alg: "RS256" });
    expect(chooseKey(nameless, undefined, "RS256")).toBe("ambiguous");
  });

  test("means a key that is there under two names", () => {
    const set = setOf(good, { ...good, kid: "old" });
    expect(chooseKey(set, undefined, "RS256")).toMatchObject({ kid: "good" });
  });
});

test("an RSA key without alg is of the issuer's only RSA algorithm, of several RS256", () => {
  const bare = { ...good, alg: undefined };
  const of = (...algorithms: Parameters<typeof parseKeySet>[1] & object) =>
    parseKeySet(bytes({ keys: [bare] }), algorithms).keys.map(({ algorithm }) => algorithm);
  expect(of("PS256")).toEqual(["PS256"]);
  expect(of("ES256", "RS512")).toEqual(["RS512"]);
  expect(of("PS256", "RS256")).toEqual(["RS256"]);
  expect(of("ES256")).toEqual(["RS256"]);
});

test("each key that is left out is named with the reason", () => {
  const twin = { ...rsa(2048), kid: "good", alg: "RS256" };
  const { leftOut } = setOf(good, twin, { ...ec, use: "enc" }, { ...good, kid: undefined, e: "AQ" }, "x");
  expect(leftOut).toEqual([
    { kid: "ec", why: "is not for signatures" },
    { why: "has an unsupported RSA exponent" },
    { why: "is not an object" },
    { kid: "good", why: "has the key id and algorithm of another key" },
    { kid: "good", why: "has the key id and algorithm of another key" },
  ]);
  expect(describeLeftOut(leftOut)).toMatch(
    /^ec is not for signatures; a key without kid has an unsupported RSA exponent; /,
  );
  expect(describeLeftOut([...leftOut, ...leftOut])).toMatch(/; and 5 more$/);
  expect(describeLeftOut([])).toBe("");
  expect(setOf({ ...ec, kid: "" }).leftOut).toStrictEqual([{ why: "has an invalid kid" }]);
});

test("a key id of the issuer's cannot break a line of the log", () => {
  const { leftOut } = setOf({ ...ec, kid: `a\nb\u202e${"c".repeat(100)}`, use: "enc" });
  expect(leftOut[0]?.kid).toBe(`a?b?${"c".repeat(60)}`);
});
