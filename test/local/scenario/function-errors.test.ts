import { collectFunctionErrors } from "../../../local/scenario/function-errors.ts";

const described = (...lines: string[]): string => {
  const functionErrors = collectFunctionErrors();
  for (const line of lines) functionErrors.onLog({ functionName: "fn", line });
  return functionErrors.describe();
};

describe("collectFunctionErrors", () => {
  test("says nothing of decisions, metrics and empty lines", () => {
    const calm = ['{"level":"INFO","message":"decision"}', '{"level":"debug"}', '{"_aws":{},"Decisions":1}'];
    expect(described(...calm, "", "  ")).toBe("");
  });

  test.each([
    ["a warning", '{"level":"WARN","message":"slow"}'],
    ["an error", '{"level":"ERROR","message":"event not delivered"}'],
    ["what the runtime says of an error", '{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}'],
    ["a timeout", "RequestId: 1 Error: Task timed out after 5.00 seconds"],
    ["a crash", "# Fatal error in , line 0"],
  ])("keeps %s, with the function's name", (_, line) => {
    expect(described(line)).toContain(`[fn] ${line}\n`);
  });

  test("does not move the cursor", () => {
    expect(described("\u001b[2Jgone")).toContain("[fn]  [2Jgone\n");
  });

  test("keeps the latest lines only, and no line in its whole length", () => {
    const text = described(...Array.from({ length: 25 }, (_, nth) => `line ${nth}`), "x".repeat(5000));
    expect(text).not.toContain("line 5\n");
    expect(text).toContain("line 6\n");
    expect(text.length).toBeLessThan(1000);
  });
});
