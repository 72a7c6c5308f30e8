import { type Command, InputError, readArguments, UsageError } from "../../cli/command.ts";
import { runCommandLine, VERSION } from "../support/cli/run-command-line.ts";

const command = (run: Command["run"]): Command => ({ name: "go", help: "how to go\n", run });

const call = (argv: readonly string[], run: Command["run"] = async () => 0) =>
  runCommandLine(command(run), argv);

describe("command line", () => {
  it("prints help, a command's help and the version on standard output", async () => {
    expect(await call(["--help"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("go  goes"),
      stderr: "",
    });
    expect(await call(["help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("go  goes") });
    for (const argv of [
      ["help", "go"],
      ["go", "--help"],
      ["go", "x", "-h"],
    ]) {
      expect(await call(argv)).toEqual({ code: 0, stdout: "how to go\n", stderr: "" });
    }
    expect(await call(["--version"])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
  });

  it("hands the rest of the line to the command, and its exit code back", async () => {
    let got: readonly string[] = [];
    const { code } = await call(["go", "a", "--", "--help"], async (argv) => {
      got = argv;
      return 7;
    });
    expect([code, got]).toEqual([7, ["a", "--", "--help"]]);
  });

  it("refuses what it does not know, in two lines and without a stack trace", async () => {
    for (const argv of [["went"], ["--fast"], ["help", "went"], [""]]) {
      const { code, stdout, stderr } = await call(argv);
      expect([argv, code, stdout]).toEqual([argv, 2, ""]);
      expect(stderr).toMatch(/^sallyport: .+\n.+\n$/);
    }
    expect(await call([])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Usage") });
  });

  it("tells wrong usage (2) from unusable input and from a fault (1)", async () => {
    const failing = (error: Error) => call(["go"], () => Promise.reject(error));
    expect(await failing(new UsageError("No.", "Do."))).toEqual({
      code: 2,
      stdout: "",
      stderr: "sallyport: No.\nDo.\n",
    });
    expect(await failing(new InputError("No.", "Do."))).toMatchObject({
      code: 1,
      stderr: "sallyport: No.\nDo.\n",
    });
    const fault = await failing(new TypeError("broken"));
    expect(fault.code).toBe(1);
    expect(fault.stderr).toContain("broken");
    expect(fault.stderr).not.toContain("    at ");
  });
});

describe("readArguments", () => {
  const spec = {
    jwks: { type: "string", multiple: true },
    at: { type: "string" },
    json: { type: "boolean" },
  } as const;
  const read = (...argv: string[]) => readArguments("sallyport go", argv, spec);

  it("reads flags and words", () => {
    expect(read("a", "--jwks", "x", "--jwks=y", "--json")).toEqual({
      flags: { jwks: ["x", "y"], json: true },
      words: ["a"],
    });
  });

  it("refuses a flag that is unknown, repeated, without its value or with one too many", () => {
    for (const argv of [["--nope"], ["--at", "1", "--at", "2"], ["--at"], ["--json=1"], ["--at", "--json"]]) {
      expect(() => read(...argv)).toThrow(UsageError);
    }
    expect(() => read("--at", "1", "--at", "2")).toThrow("--at is given more than once.");
  });
});
