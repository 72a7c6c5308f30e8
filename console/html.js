import htm from "/vendor/htm.js";
import { h, render } from "/vendor/preact.js";

/** Markup as tagged templates. Values go in as text nodes and attributes, so data never becomes markup. */
export const html = htm.bind(h);
export { render };

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Wall clock of the reader's own zone, from epoch milliseconds. */
export const clock = (at) => CLOCK.format(at);
