// Starts the laptop, opens its page in Chromium, waits for the scenario to end and looks at what is
// to be seen. Run as `tsx test/browser/page.browser.ts`; with `--screenshot` it renews
// docs/images/laptop.png, and puts more pictures into the folder that SCREENSHOTS names. CHROMIUM
// names another browser than /usr/bin/chromium. Without one it says so and leaves with 0.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { STEPS } from "../../local/scenario/steps.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const SCREENSHOT = join(ROOT, "docs/images/laptop.png");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE_MS = 240_000;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly restUrl: string;
}

function startLaptop(): Promise<Running> {
  const child = spawn(process.execPath, ["--import", "tsx", "local/start.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  return new Promise((resolve, reject) => {
    child.stdout.resume();
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const [, url] = /Page +(http:\S+)/.exec(said) ?? [];
      const [, token] = /^TOKEN=(\S+)$/m.exec(said) ?? [];
      const [, restUrl] = /REST API +(http:\S+)\/api\/orders\n/.exec(said) ?? [];
      if (url !== undefined && token !== undefined && restUrl !== undefined)
        resolve({ child, url, token, restUrl });
    });
    child.once("exit", (code) => reject(new Error(`The laptop ended with ${code}:\n${said}`)));
  });
}

async function look(page: Page, { url, restUrl, token }: Running): Promise<void> {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  await page
    .getByText(`${STEPS.length} of ${STEPS.length}`, { exact: true })
    .waitFor({ timeout: PATIENCE_MS });

  assert.equal(await page.locator("li.differs").count(), 0, "a step differs");
  assert.equal(await page.getByRole("status").first().textContent(), "Live");
  const rows = page.locator("tbody tr");
  for (const words of ["allowed", "challenged", "denied", "The token has expired.", "Germany", "Singapore"]) {
    assert.ok((await rows.filter({ hasText: words }).count()) > 0, `no decision says ${words}`);
  }
  const mara = page.locator(".risks > li").filter({ hasText: "mara" });
  assert.match((await mara.textContent()) ?? "", /85[\s\S]*impossible travel 30/);
  assert.equal(await mara.locator("rect:not(.track)").count(), 4);
  const finding = page.locator(".finding.high");
  assert.equal(await finding.count(), 1);
  assert.match((await finding.textContent()) ?? "", /mara/);

  await page.getByRole("button", { name: "Challenged" }).click();
  await page.waitForFunction(
    "!document.querySelector('tbody .allow') && document.querySelector('tbody .step-up')",
  );
  await page.getByRole("button", { name: "All", exact: true }).click();

  if (process.argv.includes("--screenshot")) await takeScreenshots(page);

  // What an attacker sends is shown as text.
  const hostile = "<img src=x onerror=alert(1)>";
  await fetch(`${restUrl}/api/orders/${encodeURIComponent(hostile)}`, {
    headers: { authorization: `Bearer ${token}`, "user-agent": hostile },
  });
  await rows.filter({ hasText: "visitor" }).first().waitFor();
  assert.equal(await page.locator("img").count(), 0);

  for (const width of [360, 768, 1400]) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.ok(Number(overflow) <= 0, `the page is wider than a window of ${width} pixels`);
  }
  assert.deepEqual(complaints, [], "the browser complains");
}

/**
 * The window of the README's picture, and the same page narrow and dark, for a look by
 * eye.
 */
async function takeScreenshots(page: Page): Promise<void> {
  const folder = join(SCREENSHOT, "..");
  mkdirSync(folder, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 1400 });
  await page.getByText("A stolen session").click();
  await page.screenshot({ path: SCREENSHOT });
  const rest = process.env.SCREENSHOTS;
  if (rest === undefined) return;
  await page.screenshot({ path: join(rest, "wide.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: join(rest, "dark.png"), fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByText("What am I looking at?").click();
  await page.screenshot({ path: join(rest, "narrow.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
}

async function main(): Promise<void> {
  if (!existsSync(EXECUTABLE)) {
    console.log(`Skipped: there is no Chromium at ${EXECUTABLE}. Set CHROMIUM to its path.`);
    return;
  }
  const laptop = await startLaptop();
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    await look(page, laptop);
  } finally {
    await browser?.close();
    const ended = new Promise((resolve) => laptop.child.once("exit", resolve));
    laptop.child.kill("SIGTERM");
    assert.equal(await ended, 0, "the laptop did not end cleanly");
  }
  console.log("The page shows what it should.");
}

await main();
