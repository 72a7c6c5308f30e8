import type { ExplainedSurvivor } from "../check-report.ts";
import { explain } from "../explain.ts";
import { ABSENT, EMPTY_CATCH, OTHER_TEXT } from "./reasons.ts";

export const DOMAIN: readonly ExplainedSurvivor[] = [
  ...explain(
    "A risk state that is unavailable has no other member, so that reading one gives what its absence gives",
    {
      "domain/decision/evaluate.ts": [
        [
          'keyRetired: risk.status === "known" && isKeyRetired(identity, risk),',
          'risk.status === "known"',
          "true",
        ],
        [
          'const known: KnownRisk | undefined = risk.status === "known" ? risk : undefined;',
          'risk.status === "known"',
          "true",
        ],
        ['if (risk.status === "unavailable") return [];', 'risk.status === "unavailable"', "false"],
        ['if (risk.status === "unavailable") return [];', '"unavailable"', '""'],
      ],
    },
  ),
  ...explain("The expression only saves time: other paths are read in full, with the same result", {
    "domain/decision/path-reading.ts": [
      [
        "const PLAIN = /^(?:\\/[A-Za-z0-9_~-]+)+$|^\\/$/;",
        "/^(?:\\/[A-Za-z0-9_~-]+)+$|^\\/$/",
        "/^(?:\\/[A-Za-z0-9_~-])+$|^\\/$/",
      ],
    ],
  }),
  ...explain(EMPTY_CATCH, {
    "domain/decision/path-reading.ts": [["} catch {", "{ return undefined; }", "{}"]],
  }),
  ...explain("The cache only saves time: a table that is read again gives the same segments", {
    "domain/decision/segment.ts": [["if (segments === undefined) {", "segments === undefined", "true"]],
  }),
  ...explain(
    "A word outside the four levels ranks below them all, as does unknown, so that it is not chosen either",
    {
      "domain/evidence/assess-device.ts": [
        [
          'const byRegistry = !listed ? "unknown" : posture === "healthy" ? "high" : "medium";',
          '"unknown"',
          '""',
        ],
      ],
    },
  ),
  ...explain("Levels of equal rank are equal, so that it does not matter which of both is returned", {
    "domain/evidence/assess-device.ts": [
      [
        "const trust = trustRank(byRegistry) > trustRank(byClaim) ? byRegistry : byClaim;",
        "trustRank(byRegistry) > trustRank(byClaim)",
        "trustRank(byRegistry) >= trustRank(byClaim)",
      ],
    ],
    "domain/evidence/device-trust.ts": [
      [
        "return trustRank(claimed) <= trustRank(cap) ? claimed : cap;",
        "trustRank(claimed) <= trustRank(cap)",
        "trustRank(claimed) < trustRank(cap)",
      ],
    ],
  }),
  ...explain(OTHER_TEXT, {
    "domain/evidence/device-trust.ts": [
      ['const word = typeof claim === "string" ? claim.toLowerCase() : "";', '""', '"Stryker was here!"'],
    ],
    "domain/evidence/read-claims.ts": [
      ["const { clientIn = [], without = [] } = sign;", "[]", '["Stryker was here"]'],
    ],
    "domain/evidence/registered-device.ts": [
      ['const named = keyOfDeviceId(deviceIdOf(identity) ?? "");', '""', '"Stryker was here!"'],
    ],
    "domain/evidence/token-limits.ts": [
      [
        "...segments.flatMap((name) => (Object.hasOwn(segmentLimits, name) ? (segmentLimits[name] ?? []) : [])),",
        "[]",
        '["Stryker was here"]',
      ],
      ["{ issuers = [], segmentLimits = {} }: LimitSettings,", "[]", '["Stryker was here"]'],
      [
        "...(known === undefined ? [] : [{ ...known, leeway: known.leeway ?? DEFAULT_LEEWAY }]),",
        "[]",
        '["Stryker was here"]',
      ],
    ],
  }),
  ...explain(ABSENT, {
    "domain/evidence/token-limits.ts": [
      [
        'if (maxTokenAge !== undefined && seconds >= issuedAt + maxTokenAge + leeway) return "token-too-old";',
        "maxTokenAge !== undefined",
        "true",
      ],
      [
        'const limitsClient = kind === "service" && maxAuthenticationAge !== undefined;',
        "maxAuthenticationAge !== undefined",
        "true",
      ],
    ],
  }),
];
