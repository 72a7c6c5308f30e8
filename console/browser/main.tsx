import { render } from "preact";
import { EMPTY, type PageState } from "../state.ts";
import { followFeed } from "./feed.ts";
import { Page } from "./page.tsx";

const root = document.getElementById("page");
if (root === null) throw new Error("The document has no element with the id page.");

let state = EMPTY;
let isScheduled = false;

/** Draws at most once a frame, however many messages arrive. */
function update(change: (state: PageState) => PageState): void {
  state = change(state);
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(draw);
}

function draw(): void {
  isScheduled = false;
  render(<Page state={state} onShow={(show) => update((now) => ({ ...now, show }))} />, root as Element);
}

draw();
followFeed("/events", update);
