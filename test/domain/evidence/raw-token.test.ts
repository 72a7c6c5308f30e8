import { inspect } from "node:util";
import { RawToken } from "../../../domain/evidence/raw-token.ts";

const SECRET = "eyJhbGciOiJub25lIn0.e30.";
const token = new RawToken(SECRET);

test("a raw token gives its characters to a caller of reveal, and their number", () => {
  expect(token.reveal()).toBe(SECRET);
  expect(token.length).toBe(SECRET.length);
});

test.each([
  ["a template", `${token}`, "[redacted token]"],
  ["JSON", JSON.stringify({ token }), '{"token":"[redacted token]"}'],
  ["inspect", inspect(token), "[redacted token]"],
  ["inspect inside an object", inspect({ token }), "{ token: [redacted token] }"],
  ["the keys of the object", JSON.stringify(Object.keys(token)), "[]"],
])("a raw token shows nothing of itself to %s", (_, shown, expected) => {
  expect(shown).toBe(expected);
});
