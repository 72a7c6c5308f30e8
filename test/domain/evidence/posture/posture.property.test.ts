import fc from "fast-check";
import { readCrowdStrikePosture } from "../../../../domain/evidence/posture/crowdstrike.ts";
import { readIntunePosture } from "../../../../domain/evidence/posture/intune.ts";
import { readJamfPosture } from "../../../../domain/evidence/posture/jamf.ts";

const NOW = 1_790_000_000;
const NAMES = [
  ...[
    "value",
    "resources",
    "results",
    "complianceState",
    "jailBroken",
    "lastSyncDateTime",
    "assessment",
    "overall",
  ],
  ...["modified_time", "general", "reportDate", "remoteManagement", "managed", "security", "sipStatus"],
];
const WORDS = [
  "compliant",
  "noncompliant",
  "True",
  "ENABLED",
  "2026-01-01T00:00:00Z",
  "9999-01-01T00:00:00Z",
];
const { payload } = fc.letrec((tie) => ({
  payload: fc.oneof(
    { maxDepth: 5 },
    fc.anything({ maxDepth: 2 }),
    fc.constantFrom<unknown>(...WORDS, true, false, 50, 100),
    fc.dictionary(fc.constantFrom(...NAMES), tie("payload")),
    fc.array(tie("payload"), { maxLength: 2 }),
  ),
}));

test("no payload makes a reader throw, or a posture that could not be kept", () => {
  fc.assert(
    fc.property(payload, (given) => {
      for (const read of [readIntunePosture, readCrowdStrikePosture, readJamfPosture]) {
        const reading = read(given, NOW);
        if ("unreadable" in reading) continue;
        expect(Number.isSafeInteger(reading.assessedAt)).toBe(true);
        expect(reading.assessedAt).toBeLessThanOrEqual(NOW + 300);
        expect(typeof reading.compliant).toBe("boolean");
        for (const detail of reading.details) expect(detail).toMatch(/^[a-z0-9-]{1,64}$/);
      }
    }),
    { numRuns: 2000 },
  );
});
