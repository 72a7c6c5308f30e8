import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { type Assets, readAssets } from "./assets.ts";
import type { Feed } from "./feed.ts";

const KEEP_ALIVE_MS = 15_000;
const MOST_READERS = 16;

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/**
 * The page's web application. A request whose Host is not the page's own loopback address is
 * refused, so that a foreign name that resolves to 127.0.0.1 reads nothing. There is no login:
 * every user of this machine can read the page.
 */
function pageApp(feed: Feed, assets: Assets, port: () => number): Hono {
  const app = new Hono();
  let readers = 0;

  app.use(async (c, next) => {
    const host = c.req.header("host");
    if (host !== `127.0.0.1:${port()}` && host !== `localhost:${port()}`) {
      return c.text("This page answers on its loopback address only.\n", 421, HEADERS);
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  });

  app.get("/events", (c) => {
    if (readers >= MOST_READERS) return c.text("Too many readers: close a tab and try again.\n", 503);
    const position = feed.positionOf(c.req.header("last-event-id"));
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      readers += 1;
      try {
        let { sequence } = position;
        if (position.reset) await stream.writeSSE({ event: "reset", data: "{}", retry: 1000 });
        while (!gone.signal.aborted) {
          for (const entry of feed.after(sequence)) {
            sequence = entry.sequence;
            await stream.writeSSE({ id: feed.eventId(sequence), data: JSON.stringify(entry.message) });
          }
          const patience = AbortSignal.any([gone.signal, AbortSignal.timeout(KEEP_ALIVE_MS)]);
          await feed.changed(sequence, patience);
          if (patience.aborted && !gone.signal.aborted) await stream.write(": still here\n\n");
        }
      } finally {
        readers -= 1;
      }
    });
  });

  app.get("*", (c) => {
    const asset = assets.get(c.req.path);
    return asset === undefined
      ? c.text("Nothing here.\n", 404)
      : c.body(asset.body, 200, { "content-type": asset.type });
  });
  return app;
}

export interface PageServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the page on 127.0.0.1. Rejects if the port is taken. @param port 0 for any free one */
export async function startPage(feed: Feed, port = 0): Promise<PageServer> {
  const assets = await readAssets();
  return new Promise((resolve, reject) => {
    let bound = port;
    const app = pageApp(feed, assets, () => bound);
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (info: AddressInfo) => {
      bound = info.port;
      resolve({ url: `http://127.0.0.1:${bound}/`, close });
    });
    server.once("error", reject);
    const close = () =>
      new Promise<void>((done) => {
        server.close(() => done());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
  });
}
