const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Wall clock of the reader's own zone, from epoch milliseconds. */
export const clock = (at: number): string => CLOCK.format(at);
