import { printable } from "../../cli/printable.ts";

test.each([
  ["plain", "GET /orders/{id} – Bestellung €", "GET /orders/{id} – Bestellung €"],
  ["an escape sequence", "\u001b[2Jgone\r\n", "\\u001b[2Jgone\\u000d\\u000a"],
  ["a turn of direction", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["a tag beyond the first plane", "a\u{e0041}b", "a\\u{e0041}b"],
])("%s", (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});
