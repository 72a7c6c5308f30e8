import type { ExplainedSurvivor } from "../check-report.ts";
import { explain } from "../explain.ts";
import { ABSENT, COMPILER, EMPTY_CATCH, OTHER_TEXT } from "./reasons.ts";

export const VERIFICATION: readonly ExplainedSurvivor[] = [
  ...explain(COMPILER, {
    "verification/jws/compact-jws.ts": [
      [
        "if (header === undefined || payload === undefined || signature === undefined) return undefined;",
        "header === undefined",
        "false",
      ],
    ],
    "verification/jws/strict-json.ts": [
      ['if (mark === "open" && open[0]?.name === name) {', "open[0]?.name", "open[0].name"],
    ],
    "verification/jws/thumbprint.ts": [
      [
        'const names = typeof kty === "string" && Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined;',
        'typeof kty === "string"',
        "true",
      ],
    ],
    "verification/proof/verify-proofs.ts": [
      [
        'if (credentials.status !== "bearer" || credentials.scheme !== "DPoP" || proof === undefined) {',
        'credentials.status !== "bearer"',
        "false",
      ],
    ],
    "verification/token/token-claims.ts": [
      [
        "if (type !== undefined && ACCESS_TOKEN.includes(type)) return undefined;",
        "type !== undefined",
        "true",
      ],
      ['return typeof typ !== "string" || !accessTypes.includes(typ);', 'typeof typ !== "string"', "false"],
    ],
    "verification/token/verify-token.ts": [
      [
        'if (jws === undefined || claims === undefined) return unverified("token-malformed");',
        "jws === undefined",
        "false",
      ],
      [
        'const issuer = typeof claims.iss === "string" ? issuers.get(claims.iss) : undefined;',
        'typeof claims.iss === "string"',
        "true",
      ],
      [
        'if (issuer === undefined || reason !== undefined) return unverified(reason ?? "issuer-unknown");',
        "issuer === undefined",
        "false",
      ],
    ],
  }),
  ...explain(
    "validateHeader gives a reason for each header without a trusted issuer; the compiler does not know it",
    {
      "verification/token/verify-token.ts": [
        [
          'if (issuer === undefined || reason !== undefined) return unverified(reason ?? "issuer-unknown");',
          '"issuer-unknown"',
          '""',
        ],
      ],
    },
  ),
  ...explain("verifySignature finds no key in a rejected one, so that the proof is refused as well", {
    "verification/proof/dpop-proof.ts": [['return "rejected" in key ? undefined : key;', '"rejected"', '""']],
  }),
  ...explain(ABSENT, {
    "verification/token/token-claims.ts": [
      [
        'if (nbf !== undefined && now < nbf - leeway) return "token-not-yet-valid";',
        "nbf !== undefined",
        "true",
      ],
      [
        'if (authenticated !== undefined && now < authenticated - leeway) return "token-not-yet-valid";',
        "authenticated !== undefined",
        "true",
      ],
      [
        'return maxTokenAge !== undefined && now >= iat + maxTokenAge + leeway ? "token-too-old" : undefined;',
        "maxTokenAge !== undefined",
        "true",
      ],
    ],
    "verification/token/verify-token.ts": [
      [
        "return maxTokenAge !== undefined && now / 1000 >= token.issuedAt + maxTokenAge + leeway;",
        "maxTokenAge !== undefined",
        "true",
      ],
    ],
  }),
  ...explain(EMPTY_CATCH, {
    "verification/jws/strict-json.ts": [["} catch {", "{ return undefined; }", "{}"]],
  }),
  ...explain(
    "The walk looks at brackets, commas and strings, so that a word before the document changes nothing",
    {
      "verification/jws/strict-json.ts": [['let rest = "";', '""', '"Stryker was here!"']],
    },
  ),
  ...explain("The text begins with another line, so that the end is never at its first character", {
    "verification/proof/client-certificate.ts": [
      ["if (!text.startsWith(BEGIN) || end < 0) return undefined;", "end < 0", "end <= 0"],
    ],
  }),
  ...explain("Both sides of the comparison are normalised, so that their letter case does not matter", {
    "verification/proof/public-url.ts": [
      [
        "return /[\\w.~-]/.test(character) ? character : escaped.toUpperCase();",
        "escaped.toUpperCase()",
        "escaped.toLowerCase()",
      ],
    ],
  }),
  ...explain("An entry with a lifetime of 0 is never found; the check only saves its memory", {
    "verification/token/introspection-cache.ts": [["if (lifetime === 0) return;", "lifetime === 0", "false"]],
  }),
  ...explain(OTHER_TEXT, {
    "verification/token/token-claims.ts": [
      [
        "const OTHER_TYPES = new Set(Object.values(PRODUCTS).flatMap(({ payloadTypes }) => payloadTypes?.other ?? []));",
        "[]",
        '["Stryker was here"]',
      ],
    ],
  }),
];
