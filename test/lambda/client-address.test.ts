import { isIP } from "node:net";
import fc from "fast-check";
import { readAddress } from "../../lambda/client-address.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:CB00:7107", "203.0.113.7"],
  ["0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"],
  ["64:ff9b::203.0.113.7", "64:ff9b::cb00:7107"],
  // RFC 4291 §2.5.5.1: deprecated, and not the IPv4 address in its tail.
  ["::203.0.113.7", "::cb00:7107"],
  ["::ffff:0:203.0.113.7", "::ffff:0:cb00:7107"],
])("The address %s is read as %s", (text, expected) => {
  expect(readAddress(text)).toBe(expected);
});

test.each([
  ...["", "localhost", "1", "0x7f.0.0.1", "010.0.0.1", "203.0.113", "203.0.113.7/8", " 203.0.113.7"],
  ...["::ffff:010.0.0.1", "::ffff:203.0.113.0x7", "::ffff:203.0.113.256", "[::1]", "1::2::3", "::g"],
  ...["fe80::1%eth0", "::ffff:203.0.113.7%1", "203.0.113.7:80"],
])("%j is not an address", (text) => {
  expect(readAddress(text)).toBeUndefined();
});

/**
 * What the URL standard makes of an IPv6 address: hexadecimal, in lower case, the longest run of
 * zeros left out.
 */
function byUrl(address: string): string {
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(plain) ?? [];
  if (high === undefined || low === undefined) return plain;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

test("Every spelling of an IPv6 address is read as the URL standard reads it, and reading again changes nothing", () => {
  const word = fc.oneof(
    fc.constant("0"),
    fc.constant("ffff"),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 1, maxLength: 4 }),
  );
  const spelled = fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(8), fc.boolean(), fc.option(fc.ipV4()))
    .map(([words, at, capitals, tail]) => {
      const all = tail === null ? words : [...words.slice(0, 6), tail];
      const text = `${all.slice(0, at).join(":")}::${all.slice(at).join(":")}`;
      return capitals ? text.toUpperCase() : text;
    })
    .filter((text) => isIP(text) === 6);
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), spelled), (text) => {
      const read = readAddress(text);
      expect(read).toBe(byUrl(text));
      expect(readAddress(read ?? "")).toBe(read);
    }),
    { numRuns: 2000 },
  );
});
