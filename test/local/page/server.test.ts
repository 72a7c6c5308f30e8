import { connect } from "node:net";
import type { PageMessage } from "../../../console/message.ts";
import { FACTORS } from "../../../domain/risk/factor-pack.ts";
import { createFeed, type Feed } from "../../../local/page/feed.ts";
import { type PageServer, startPage } from "../../../local/page/server.ts";

const finding = (id: string, title = "t"): PageMessage => ({
  kind: "finding",
  id,
  at: 0,
  severity: "HIGH",
  title,
  description: "",
  user: "u",
  remediation: "",
  techniques: [],
  decisions: [],
});

let feed: Feed;
let page: PageServer;
beforeEach(async () => {
  feed = createFeed();
  page = await startPage(feed);
});
afterEach(() => page.close());

interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** Reads the stream until `count` events came, and leaves. */
async function readEvents(count: number, lastEventId?: string): Promise<readonly ServerEvent[]> {
  const gone = new AbortController();
  const response = await fetch(`${page.url}events`, {
    signal: gone.signal,
    headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId },
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events: ServerEvent[] = [];
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const whole = text.split("\n\n");
    text = whole.pop() ?? "";
    for (const block of whole) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      events.push({ event: field("event"), id: field("id"), data: field("data") });
    }
    if (events.length >= count) break;
  }
  gone.abort();
  return events;
}

describe("page server", () => {
  it("serves the page and every script it asks for, under a policy without inline scripts", async () => {
    const start = await fetch(page.url);
    expect(start.status).toBe(200);
    const policy = start.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    const markup = await start.text();
    expect(markup).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/i);
    const seen = new Set<string>();
    const follow = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const response = await fetch(new URL(path, page.url));
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      const text = await response.text();
      for (const [, next] of text.matchAll(/(?:from|src=|href=)\s*"(\.?\/[^"]+)"/g))
        await follow(new URL(next!, new URL(path, page.url)).pathname);
    };
    await follow("/");
    expect([...seen].toSorted()).toEqual(["/", "/icon.svg", "/page.css", "/page.js"]);
  });

  it("serves the page's components as one script that imports nothing and evaluates no text", async () => {
    const script = await (await fetch(`${page.url}page.js`)).text();
    expect(script).toContain("What am I looking at?");
    expect(script).not.toMatch(/^\s*import\b|\bimport\(|\bexport\b.*\bfrom\b/m);
    expect(script).not.toMatch(/\beval\(|new Function\(/);
  });

  it("gives every factor its colour on either ground", async () => {
    const styles = await (await fetch(`${page.url}page.css`)).text();
    for (const { name, colour } of FACTORS) {
      expect(styles).toContain(`.${name} { --factor: ${colour.light}; }`);
      expect(styles).toContain(`.${name} { --factor: ${colour.dark}; }`);
    }
  });

  it("does not read files by the request's path", async () => {
    for (const path of ["/server.ts", "/../server.ts", "/%2e%2e/server.ts", "/vendor/../../package.json"]) {
      expect((await fetch(new URL(path, page.url))).status).toBe(404);
    }
  });

  it("refuses a request under a foreign host name", async () => {
    const port = Number(new URL(page.url).port);
    const ask = (host: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () =>
          socket.end(`GET /events HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
        );
        socket.once("data", (data) => resolve(data.toString().split("\r\n")[0]!)).once("error", reject);
      });
    expect(await ask(`attacker.example:${port}`)).toContain(" 421 ");
    expect(await ask("127.0.0.1")).toContain(" 421 ");
    expect(await ask(`127.0.0.1.attacker.example:${port}`)).toContain(" 421 ");
    expect(await ask(`localhost:${port}`)).toContain(" 200 ");
  });

  it("tells a new reader to start over and gives it the history", async () => {
    feed.publish(finding("a"));
    feed.publish(finding("b"));
    const events = await readEvents(3);
    expect(events.map(({ event, data }) => [event, data === "{}" ? "" : JSON.parse(data).id])).toEqual([
      ["reset", ""],
      ["", "a"],
      ["", "b"],
    ]);
  });

  it("gives a reader that comes back only what it missed, and what happens while it reads", async () => {
    feed.publish(finding("a"));
    const [, first] = await readEvents(2);
    feed.publish(finding("b"));
    const reading = readEvents(2, first!.id);
    setTimeout(() => feed.publish(finding("c")), 20);
    expect((await reading).map(({ data }) => JSON.parse(data).id)).toEqual(["b", "c"]);
  });

  it("sends what an attacker wrote as one line of JSON, never as a line of the stream's own", async () => {
    feed.publish(finding("a", "x\n\ndata: {}\nevent: reset\r\r</script>"));
    const events = await readEvents(2);
    expect(JSON.parse(events[1]!.data).title).toBe("x\n\ndata: {}\nevent: reset\r\r</script>");
  });

  it("refuses more readers than it can serve, and serves again when one has left", async () => {
    const leave = new AbortController();
    const readers = await Promise.all(
      Array.from({ length: 16 }, () => fetch(`${page.url}events`, { signal: leave.signal })),
    );
    expect(readers.map(({ status }) => status)).toEqual(Array(16).fill(200));
    expect((await fetch(`${page.url}events`)).status).toBe(503);
    leave.abort();
    // The server learns of a closed connection a moment after the client closed it.
    for (let status = 503; status !== 200; ) {
      const once = new AbortController();
      ({ status } = await fetch(`${page.url}events`, { signal: once.signal }));
      once.abort();
    }
  });

  it("says when its port is taken", async () => {
    await expect(startPage(feed, Number(new URL(page.url).port))).rejects.toThrow(/EADDRINUSE/);
  });
});
