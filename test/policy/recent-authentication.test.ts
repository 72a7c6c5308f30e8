import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compilePolicies } from "../../policy/compile.ts";
import { createPolicyEngine } from "../../policy/engine.ts";
import { question } from "../support/policy/question.ts";

const OWN = join(__dirname, "../../policies/default");
const NOW = 1_790_000_000;

/** The policy that docs/tokens.md shows, beside the default ones. */
function engine() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-recent-"));
  try {
    for (const name of ["default.cedar", "segments.json"]) cpSync(join(OWN, name), join(folder, name));
    const [, snippet = ""] =
      /```cedar\n([\s\S]*?)```/.exec(readFileSync(join(OWN, "../../docs/tokens.md"), "utf8")) ?? [];
    writeFileSync(join(folder, "recent.cedar"), snippet);
    return createPolicyEngine(compilePolicies(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ask = engine();
const evaluate = (authenticatedAt: number | undefined, segment = "identity") =>
  ask(
    question(
      { resource: { ...question().resource, segments: ["general", segment] } },
      {
        authentication: { mfa: true, ...(authenticatedAt !== undefined && { authenticatedAt }) },
        time: { epochSeconds: NOW },
      },
    ),
  );

it.each([NOW, NOW - 300, NOW + 5])("lets in who authenticated at %d", (authenticatedAt) => {
  expect(evaluate(authenticatedAt)).toMatchObject({ verdict: "allow", errors: [] });
});

it.each([NOW - 301, 0, undefined])("asks who authenticated at %p to do so again", (authenticatedAt) => {
  expect(evaluate(authenticatedAt)).toMatchObject({
    verdict: "deny",
    errors: [],
    determining: [{ reason: "authentication-too-old", stepUp: "mfa", maxAge: 300 }],
  });
});

it("does not ask elsewhere", () => {
  expect(evaluate(0, "billing")).toMatchObject({ verdict: "allow", errors: [] });
});

it("is a reason that no default policy gives", () => {
  expect(readFileSync(join(OWN, "default.cedar"), "utf8")).not.toContain("authentication-too-old");
});
