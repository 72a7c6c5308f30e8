import { PassThrough } from "node:stream";
import { realWorld } from "../../../cli/attach/world.ts";

/** A user at a terminal, as far as `confirm` can see. */
function person() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const io = { stdin, stdout: () => {}, stderr: () => {} } as never;
  return { stdin, asked: realWorld.confirm("Go on?", io) };
}

describe("confirm", () => {
  test.each([
    ["y", true],
    ["YES", true],
    [" y ", true],
    ["n", false],
    ["", false],
    ["yesterday", false],
  ])("takes %p for %p", async (typed, expected) => {
    const { stdin, asked } = person();
    stdin.write(`${typed}\n`);
    expect(await asked).toBe(expected);
  });

  test("takes the end of the input for no", async () => {
    const { stdin, asked } = person();
    stdin.end();
    expect(await asked).toBe(false);
  });

  test.each<[string, (stdin: PassThrough) => void]>([
    ["is over already", (stdin) => void stdin.end().resume()],
    ["is closed", (stdin) => void stdin.destroy()],
  ])("takes an input that %s for no", async (_, end) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    end(stdin);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await realWorld.confirm("Go on?", { stdin } as never)).toBe(false);
  });

  test("takes an input that fails for no", async () => {
    const { stdin, asked } = person();
    stdin.destroy(new Error("gone"));
    expect(await asked).toBe(false);
  });

  test("does not ask without a terminal", async () => {
    const stdin = new PassThrough();
    expect(await realWorld.confirm("Go on?", { stdin } as never)).toBeUndefined();
  });
});
