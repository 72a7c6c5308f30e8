import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SynthesisFailure, synthesize } from "../../../local/cloudformation/synthesize.ts";

jest.setTimeout(120_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-synthesize-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("synthesis by a child process", () => {
  it("fails with what the app said, and without a stack trace", async () => {
    const file = join(folder, "sallyport.json");
    await writeFile(file, JSON.stringify({ issuers: [], timeZone: "Middle/Earth" }));
    const failure = await synthesize(file, join(folder, "out")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SynthesisFailure);
    expect((failure as Error).message).toMatch(/timeZone[\s\S]*Middle\/Earth/);
    expect((failure as Error).message).not.toContain("    at ");
  });

  it("ends when it is aborted", async () => {
    const stop = new AbortController();
    const synthesis = synthesize(join(folder, "sallyport.json"), join(folder, "out"), stop.signal);
    stop.abort();
    await expect(synthesis).rejects.toMatchObject({ name: "AbortError" });
  });
});
