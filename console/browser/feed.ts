import type { PageMessage } from "../message.ts";
import { applyMessage, type PageState, resetState } from "../state.ts";

/**
 * Follows the laptop's feed of server-sent events for as long as the page is open. The browser
 * reconnects by itself and sends the id of the last event that it read.
 */
export function followFeed(url: string, update: (change: (state: PageState) => PageState) => void): void {
  const events = new EventSource(url);
  const link = (to: PageState["link"]) => update((state) => ({ ...state, link: to }));
  events.addEventListener("open", () => link("live"));
  events.addEventListener("error", () => link(events.readyState === EventSource.CLOSED ? "closed" : "lost"));
  events.addEventListener("reset", () => update(resetState));
  events.addEventListener("message", ({ data }: MessageEvent<string>) =>
    update((state) => applyMessage(state, JSON.parse(data) as PageMessage)),
  );
}
