import type { ExplainedSurvivor } from "../check-report.ts";
import { explain } from "../explain.ts";
import { COMPILER } from "./reasons.ts";

const NEWER_NODE =
  "Only Node.js 24.5 and later reaches it, where test/verification/keys/fetch-document.test.ts covers it";

const PROXY =
  '...(proxy !== undefined && { proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: noProxy.join(",") } }),';
const PROXY_ENV = '{ proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: noProxy.join(",") } }';
const VERSION = "return major > 24 || (major === 24 && minor >= 5);";
const EITHER = "major > 24 || (major === 24 && minor >= 5)";

export const KEYS: readonly ExplainedSurvivor[] = [
  ...explain(NEWER_NODE, {
    "verification/keys/fetch-document.ts": [
      [PROXY, PROXY_ENV, "{}"],
      [PROXY, '{ HTTPS_PROXY: proxy, NO_PROXY: noProxy.join(",") }', "{}"],
      [PROXY, '","', '""'],
      [PROXY, `proxy !== undefined && ${PROXY_ENV}`, "true"],
      [PROXY, `proxy !== undefined && ${PROXY_ENV}`, "false"],
      [PROXY, `proxy !== undefined && ${PROXY_ENV}`, `proxy !== undefined || ${PROXY_ENV}`],
      [PROXY, "proxy !== undefined", "true"],
      [PROXY, "proxy !== undefined", "proxy === undefined"],
      ["{ proxy, noProxy = [] }: NetworkSettings = {},", "[]", '["Stryker was here"]'],
      [VERSION, "minor >= 5", "true"],
      [VERSION, "minor >= 5", "minor > 5"],
      [VERSION, "minor >= 5", "minor < 5"],
      [VERSION, EITHER, "false"],
      [VERSION, EITHER, "major > 24 && major === 24 && minor >= 5"],
      [VERSION, "major > 24", "false"],
      [VERSION, "major > 24", "major >= 24"],
      [VERSION, "major === 24 && minor >= 5", "false"],
      [
        "function knowsProxies(version: string): boolean {",
        `{ const [major = 0, minor = 0] = version.split(".").map(Number); ${VERSION} }`,
        "{}",
      ],
      ['const [major = 0, minor = 0] = version.split(".").map(Number);', '"."', '""'],
      ['? tls.getCACertificates("default")', '"default"', '""'],
      [
        'return typeof tls.getCACertificates === "function"',
        'typeof tls.getCACertificates === "function"',
        "false",
      ],
      ['return typeof tls.getCACertificates === "function"', '"function"', '""'],
    ],
  }),
  ...explain("The mutant throws in an event of Node.js, which ends the process and so the test run", {
    "verification/keys/fetch-document.ts": [
      [
        "constructor(uri: string, status: number) {",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: quotes the code that the mutant changes
        "{ super(`${uri}: status ${status}, expected 200`); this.status = status; }",
        "{}",
      ],
    ],
  }),
  ...explain(
    "No token means a key that is a text, and a description of keys is reported only if it has words",
    {
      "verification/keys/key-sets.ts": [
        ["const NO_KEYS: KeySet = { keys: [], leftOut: [] };", "[]", '["Stryker was here"]'],
        ['let leftOut = "";', '""', '"Stryker was here!"'],
      ],
    },
  ),
  ...explain("Only the groups of a match are read, which a list of one text has not", {
    "verification/issuers/cognito.ts": [
      [
        "/^https:\\/\\/(issuer-)?(cognito-idp\\.[a-z0-9-]+\\.amazonaws\\.com(?:\\.cn)?\\/[\\w-]+)$/.exec(issuer) ?? [];",
        "[]",
        '["Stryker was here"]',
      ],
    ],
  }),
  ...explain("Node.js sends GET where no method is named", {
    "verification/keys/fetch-document.ts": [
      ['const method = post === undefined ? "GET" : "POST";', '"GET"', '""'],
    ],
  }),
  ...explain(COMPILER, {
    "verification/keys/small-order.ts": [
      ['const curve = CURVES[key.asymmetricKeyType ?? ""];', '""', '"Stryker was here!"'],
      [
        'const bytes = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url").reverse();',
        '""',
        '"Stryker was here!"',
      ],
    ],
  }),
  ...explain("The timer would keep a process alive for 300 ms at most, and Lambda does not wait for it", {
    "verification/keys/key-sets.ts": [
      [
        "await Promise.race([refresh(), sleep(refreshWait, undefined, { ref: false })]);",
        "{ ref: false }",
        "{}",
      ],
      ["await Promise.race([refresh(), sleep(refreshWait, undefined, { ref: false })]);", "false", "true"],
    ],
  }),
  ...explain(
    "A fetch starts only when the back-off is over, and the back-off is over until the fetch fails",
    {
      "verification/keys/key-sets.ts": [
        [
          "const mayFetch = () => underWay() !== undefined || backOff.isOver();",
          "underWay() !== undefined",
          "false",
        ],
      ],
    },
  ),
  ...explain("The largest exponent is even, and even ones are refused anyway", {
    "verification/keys/verification-key.ts": [
      [
        "if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent > LARGEST_EXPONENT) {",
        "publicExponent > LARGEST_EXPONENT",
        "publicExponent >= LARGEST_EXPONENT",
      ],
    ],
  }),
  ...explain("No accepted algorithm has these letters elsewhere", {
    "verification/keys/verification-key.ts": [
      [
        "const isOfRsa = (algorithm: SignatureAlgorithm): boolean => /^[RP]S/.test(algorithm);",
        "/^[RP]S/",
        "/[RP]S/",
      ],
    ],
  }),
  ...explain("Node.js ignores dsaEncoding for Ed25519 and Ed448", {
    "verification/keys/verification-key.ts": [
      [
        'return algorithm.startsWith("Ed") ? key : { key, dsaEncoding: "ieee-p1363" };',
        'algorithm.startsWith("Ed")',
        'algorithm.endsWith("Ed")',
      ],
    ],
  }),
];
