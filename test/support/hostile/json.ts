import { allMust, type HostileCase } from "./hostile-case.ts";
import { AT, AUDIENCE, HOUSE, token } from "./world.ts";

const rest = `"aud":"${AUDIENCE}","iat":${AT - 60},"exp":${AT + 240}`;
const body = `"iss":"${HOUSE}","sub":"alice",${rest}`;
const claims = (text: string | Buffer) => token({ claims: text });
const header = (text: string | Buffer) => token({ header: text });
const nested = (depth: number, open = "[", close = "]") => open.repeat(depth) + close.repeat(depth);
const withBytes = (...bytes: number[]) =>
  claims(Buffer.concat([Buffer.from(`{${body},"x":"`), Buffer.from(bytes), Buffer.from('"}')]));

/** What two parsers read differently is read by none (RFC 8259 §4, §8.1; RFC 7519 §4). */
export const json: readonly HostileCase[] = [
  ...allMust("token-malformed", {
    "sub twice, root last": () => claims(`{${body},"sub":"root"}`),
    "sub twice, root first": () => claims(`{"sub":"root",${body}}`),
    "sub twice, once by an escape": () => claims(`{${body},"\\u0073ub":"root"}`),
    "iss twice by an escape, ours last": () => claims(`{"\\u0069ss":"https://evil.example",${body}}`),
    "exp twice": () => claims(`{${body},"exp":9999999999}`),
    "aud twice": () => claims(`{${body},"aud":"https://other.example"}`),
    "a member twice inside cnf": () => claims(`{${body},"cnf":{"jkt":"a","jkt":"b"}}`),
    "a member twice inside a list of objects": () => claims(`{${body},"x":[{"a":1,"a":2}]}`),
    "__proto__ twice": () => claims(`{${body},"__proto__":{},"__proto__":{}}`),
    "a byte order mark before the payload": () => claims(`\ufeff{${body}}`),
    "a byte order mark before the header": () => header('\ufeff{"alg":"RS256","kid":"rsa"}'),
    "the payload in UTF-16": () => claims(Buffer.from(`{${body}}`, "utf16le")),
    "the header in UTF-16": () => header(Buffer.from('{"alg":"RS256","kid":"rsa"}', "utf16le")),
    "a byte FF": () => withBytes(0xff),
    "an overlong slash, C0 AF": () => withBytes(0xc0, 0xaf),
    "an overlong NUL, C0 80": () => withBytes(0xc0, 0x80),
    "a surrogate in UTF-8, ED A0 80": () => withBytes(0xed, 0xa0, 0x80),
    "a code point beyond Unicode, F4 90 80 80": () => withBytes(0xf4, 0x90, 0x80, 0x80),
    "a character cut off, E2 82": () => withBytes(0xe2, 0x82),
    "a bare NUL in a text": () => withBytes(0),
    "a trailing comma": () => claims(`{${body},}`),
    "a comment": () => claims(`{${body}/* "exp" */}`),
    "single quotes": () => claims(`{${body},'x':1}`),
    "a name without quotes": () => claims(`{${body},x:1}`),
    NaN: () => claims(`{${body},"x":NaN}`),
    Infinity: () => claims(`{${body},"x":Infinity}`),
    "a hexadecimal number": () => claims(`{${body},"x":0x10}`),
    "a number with a leading zero": () => claims(`{${body},"x":010}`),
    "text behind the object": () => claims(`{${body}}{"sub":"root"}`),
    "a NUL behind the object": () => claims(`{${body}}\u0000`),
    "two objects in a list": () => claims(`[{${body}}]`),
    "a payload that is a text": () => claims('"alice"'),
    "a payload that is a number": () => claims("1"),
    "a payload that is null": () => claims("null"),
    "a header that is a list": () => header("[]"),
    "a header that is null": () => header("null"),
    "lists 17 deep": () => claims(`{${body},"x":${nested(17)}}`),
    "lists 2,500 deep": () => claims(`{${body},"x":${nested(2500)}}`),
    "objects 1,000 deep": () => claims(`{${body},"x":${'{"a":'.repeat(700)}1${"}".repeat(700)}}`),
    "lists 2,000 deep in the header": () => header(`{"alg":"RS256","kid":"rsa","x":${nested(2000)}}`),
    "five thousand opening brackets and no end": () => claims("[".repeat(5000)),
    "a header twice in one": () => header('{"alg":"RS256","kid":"rsa"}{"alg":"RS256","kid":"rsa"}'),
    "a header with typ twice": () => header('{"alg":"RS256","kid":"rsa","typ":"at+jwt","typ":"JWT"}'),
  }),
  ...allMust("verified", {
    "a __proto__ that would make an admin of everybody": () =>
      claims(`{${body},"__proto__":{"roles":["admin"],"isAdmin":true}}`),
    "a constructor with a prototype": () =>
      claims(`{${body},"constructor":{"prototype":{"roles":["admin"]}}}`),
    "a number of 400 digits in an unread claim": () => claims(`{${body},"x":${"9".repeat(400)}}`),
    "a thousand unread claims": () =>
      claims(`{${body},${Array.from({ length: 500 }, (_, at) => `"${at}":0`).join()}}`),
    "a name with a quote and a bracket in it": () => claims(`{${body},"a\\"]}{[":["\\"]}"]}`),
    "names that differ by capital letters": () =>
      claims(`{${body},"SUB":"root","Iss":"https://evil.example"}`),
  }),
  ...allMust("token-claims-invalid", {
    "an expiry of 400 digits": () =>
      claims(`{"iss":"${HOUSE}","sub":"alice","aud":"${AUDIENCE}","iat":${AT},"exp":${"9".repeat(400)}}`),
    "no sub, and one in __proto__": () => claims(`{"iss":"${HOUSE}",${rest},"__proto__":{"sub":"root"}}`),
  }),
];
