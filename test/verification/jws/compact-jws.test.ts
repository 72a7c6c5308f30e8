import { isStrictBase64url, parseCompactJws } from "../../../verification/jws/compact-jws.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");
const HEADER = encode('{"alg":"ES256"}');
const PAYLOAD = encode("{}");

describe("parseCompactJws", () => {
  test("takes a JWS apart into header, payload, signature and what is signed", () => {
    const jws = parseCompactJws(`${HEADER}.${PAYLOAD}.AQID`);
    expect(jws?.header).toEqual({ alg: "ES256" });
    expect(Buffer.from(jws?.payload ?? []).toString()).toBe("{}");
    expect([...(jws?.signature ?? [])]).toEqual([1, 2, 3]);
    expect(Buffer.from(jws?.signed ?? []).toString()).toBe(`${HEADER}.${PAYLOAD}`);
  });

  test("takes any bytes for a payload, and an empty signature", () => {
    expect(parseCompactJws(`${HEADER}.${encode("no JSON")}.`)).toMatchObject({ header: { alg: "ES256" } });
    expect(parseCompactJws(`${HEADER}..`)?.payload).toHaveLength(0);
  });

  test.each([
    ["no dot", HEADER],
    ["one dot", `${HEADER}.${PAYLOAD}`],
    ["one dot at its end", `${HEADER}.`],
    ["three dots", `${HEADER}.${PAYLOAD}.AQID.AQID`],
    ["nothing before the first dot", `.${PAYLOAD}.AQID`],
    ["a header in padded base64", `${HEADER}=.${PAYLOAD}.AQID`],
    ["a character outside base64url in its payload", `${HEADER}.e+0.AQID`],
    ["spare bits in its payload", `${HEADER}.e31.AQID`],
    ["spare bits in its signature", `${HEADER}.${PAYLOAD}.AQJ`],
    ["a blank behind it", `${HEADER}.${PAYLOAD}.AQID `],
    ["a line break behind it", `${HEADER}.${PAYLOAD}.AQID\n`],
    ["a header that is a list", `${encode("[]")}.${PAYLOAD}.AQID`],
    ["a header that is no JSON", `${encode("alg")}.${PAYLOAD}.AQID`],
    ["a header with a member twice", `${encode('{"alg":"none","alg":"ES256"}')}.${PAYLOAD}.AQID`],
    ["a critical extension", `${encode('{"alg":"ES256","crit":["exp"]}')}.${PAYLOAD}.AQID`],
    ["a payload that is not encoded", `${encode('{"alg":"ES256","b64":false}')}.${PAYLOAD}.AQID`],
  ])("gives nothing of a text with %s", (_, text) => {
    expect(parseCompactJws(text)).toBeUndefined();
  });
});

describe("isStrictBase64url", () => {
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  test("takes each text that encodes some bytes and no other spelling of them", () => {
    for (const last of LETTERS) {
      for (const text of [last, `A${last}`, `AA${last}`, `AAA${last}`, `AAAAA${last}`, `AAAAAA${last}`]) {
        expect(isStrictBase64url(text)).toBe(Buffer.from(text, "base64url").toString("base64url") === text);
      }
    }
    expect(isStrictBase64url("")).toBe(true);
  });

  test.each(["=AAA", "AAA=", "A+AA", "A/AA", "A.AA", " AAA", "AAA ", "AAA\n", "äAAA"])(
    "refuses %j for its characters",
    (text) => {
      expect(isStrictBase64url(text)).toBe(false);
    },
  );
});
