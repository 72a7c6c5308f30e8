import { NO_GOOD_TOKEN } from "./bad-token-steps.ts";
import { CERTIFICATE_BOUND, KEY_BOUND, SERVICE } from "./bound-token-steps.ts";
import { ADMIN, ENDED_SESSION, NORMAL_DAY, ONE_FACTOR, UNTRUSTED_PHONE } from "./everyday-steps.ts";
import { BURST, STOLEN_SESSION } from "./risk-steps.ts";
import type { Step } from "./step.ts";
import { inChapter } from "./step-parts.ts";

const AFTERWARDS = inChapter("Afterwards", [
  {
    kind: "finding",
    persona: "theo",
    name: "Theo's failures raised no finding",
    expect: { severity: "none" },
  },
  {
    kind: "finding",
    persona: "anna",
    name: "Anna's requests raised no finding",
    expect: { severity: "none" },
  },
  { kind: "events", name: "every request left exactly one event on the bus" },
  { kind: "replay", name: "each event, evaluated again on its own, gets the same decision" },
]);

/** The whole scenario, in order. */
export const STEPS: readonly Step[] = [
  ...NORMAL_DAY,
  ...UNTRUSTED_PHONE,
  ...ONE_FACTOR,
  ...ADMIN,
  ...NO_GOOD_TOKEN,
  ...KEY_BOUND,
  ...CERTIFICATE_BOUND,
  ...SERVICE,
  ...BURST,
  ...STOLEN_SESSION,
  ...ENDED_SESSION,
  ...AFTERWARDS,
];
