import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

// Asks often enough for V8 to optimize the callers, in the pattern (one engine hot, then a second one) that ended Node 20's process.
const PROGRAM = `
  import { compilePolicies } from ${JSON.stringify(join(ROOT, "policy/compile.ts"))};
  import { createPolicyEngine } from ${JSON.stringify(join(ROOT, "policy/engine.ts"))};
  const question = (score) => ({
    principal: { issuer: "https://i", subject: "a", roles: ["admin"], scopes: [] },
    method: "GET",
    resource: { api: "a", stage: "s", path: "/api/orders", segments: ["general"] },
    context: {
      authentication: { mfa: true, issuedAt: 1 },
      device: { trust: "medium", trustRank: 2, proven: false, quarantined: false },
      session: { revoked: false, quarantined: false },
      user: { tokensRevoked: false, quarantined: false },
      risk: { known: true, score },
      network: {},
      time: { epochSeconds: 1, hour: 12, minute: 0, dayOfWeek: 1 },
      deployment: { countries: [] },
    },
  });
  const compiled = compilePolicies(${JSON.stringify(join(ROOT, "policy"))});
  const verdicts = { allow: 0, deny: 0 };
  for (let engine = 0; engine < 2; engine++) {
    const ask = createPolicyEngine(compiled);
    for (let asked = 0; asked < 4000; asked++) verdicts[ask(question(asked % 2 === 0 ? 0 : 95)).verdict]++;
  }
  console.log(JSON.stringify(verdicts));
`;

test("answers thousands of questions in one process without ending it", () => {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-engine-"));
  try {
    const program = join(folder, "program.mts");
    writeFileSync(program, PROGRAM);
    const answer = execFileSync(process.execPath, ["--import", "tsx", program], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(JSON.parse(answer)).toEqual({ allow: 8000 / 2, deny: 8000 / 2 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
