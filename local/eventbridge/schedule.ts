const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const RATE = /^rate\((\d+) (minute|hour|day)(s?)\)$/;
/** Node's longest timer */
const LONGEST = 2_147_483_647;

/**
 * Milliseconds between two runs of a rate expression; undefined for anything else, such as
 * `cron(…)`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function readRate(expression: unknown): number | undefined {
  const [, count = "", unit, plural] = RATE.exec(String(expression)) ?? [];
  if (unit === undefined) return undefined;
  const number = Number(count);
  // EventBridge requires correct English: "1 hour", "2 hours".
  if (number < 1 || (number === 1) !== (plural === "")) return undefined;
  const interval = number * UNITS[unit as keyof typeof UNITS];
  return interval <= LONGEST ? interval : undefined;
}
