import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { closeServer, listenOnFreePort } from "../../local/listen.ts";
import { runLaptop } from "../../local/run-laptop.ts";

test("a requested port that is taken is the first and only thing that npm start says", async () => {
  const holder = createServer();
  const port = await listenOnFreePort(holder);
  try {
    const said: string[] = [];
    const io = { stdout: (text: string) => said.push(text), stderr: (text: string) => said.push(text) };
    expect(await runLaptop(["--port", String(port)], io)).toBe(1);
    expect(said.join("")).toBe(`Port ${port} is taken. Choose another with --port.\n`);
  } finally {
    await closeServer(holder);
  }
});

test("npm start does not warn about a Node.js version that the package supports", () => {
  const run = spawnSync(process.execPath, ["--import", "tsx", "local/start.ts", "--help"], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toContain("Usage: npm start");
  expect(run.status).toBe(0);
});
