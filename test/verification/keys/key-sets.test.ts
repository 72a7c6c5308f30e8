import { generateKeyPairSync } from "node:crypto";
import { parseKeySet } from "../../../verification/keys/key-sets.ts";
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
const ids = (...keys: unknown[]) => [...parseKeySet(bytes({ keys })).keys()];

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
    ["without a key id", { ...good, kid: undefined }],
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
    expect([...parseKeySet(bytes(set)).keys()]).toEqual(["ec", "good"]);
  });

  test("refuses a document that has two lists of keys", () => {
    const list = `"keys":[${JSON.stringify(good)}]`;
    expect(() => parseKeySet(bytes(`{${list},${list}}`))).toThrow("an array `keys`");
  });

  test("knows an Ed25519 key by both names of its algorithm unless it states one", () => {
    const ed = { ...generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }), kid: "ed" };
    const named = (alg?: string) => {
      const key = parseKeySet(bytes({ keys: [{ ...ed, alg }] })).get("ed");
      return key && ["EdDSA", "Ed25519", "Ed448", "ES256"].filter((name) => allowsAlgorithm(key, name));
    };
    expect(named()).toEqual(["EdDSA", "Ed25519"]);
    expect(named("EdDSA")).toEqual(["EdDSA"]);
    expect(named("Ed25519")).toEqual(["Ed25519"]);
    expect(named("Ed448")).toBeUndefined();
    expect(ids({ ...ec, alg: "Ed25519" }, { ...good, alg: "Ed25519" })).toEqual([]);
    // One of them names a single algorithm, so which one is right is unclear.
    expect(ids(ed, { ...ed, alg: "EdDSA" }, good)).toEqual(["good"]);
    expect(ids({ ...ed, alg: "Ed25519" }, { ...ed, alg: "EdDSA" }, good)).toEqual(["good"]);
  });

  test("leaves out both of two keys of one id, and keeps one that stands twice", () => {
    expect(ids({ ...good, kid: "ec" }, ec, good)).toEqual(["good"]);
    expect(ids(ec, good, { ...good, kid: "ec" }, ec)).toEqual(["good"]);
    expect(ids({ ...good, alg: "PS256" }, good, ec)).toEqual(["ec"]);
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
