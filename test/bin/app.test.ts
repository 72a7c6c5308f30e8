import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDeploymentInput } from "../../cli/decide-inputs.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-app-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const issuers = [
  {
    preset: "oidc",
    issuer: "https://id.example.com",
    audience: ["api"],
    jwksUri: "https://id.example.com/keys",
  },
];

/** Runs the app as the CDK CLI does, without an account and with no other environment. */
function run(name: string, configuration: unknown) {
  const outdir = join(folder, `${name}.out`);
  const config = join(folder, `${name}.json`);
  writeFileSync(config, JSON.stringify(configuration));
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "bin/app.ts"], {
    cwd: PACKAGE_ROOT,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ config }) },
  });
  return { status, stderr, outdir };
}

test("synthesizes both stacks, bundles and all, where CDK_OUTDIR says", () => {
  const { status, outdir } = run("right", { issuers, geo: { source: "none" }, demo: true });
  expect(status).toBe(0);
  const files = readdirSync(outdir);
  expect(files).toEqual(expect.arrayContaining(["Sallyport.template.json", "SallyportDemo.template.json"]));
  const authorizer = files.find((file) => existsSync(join(outdir, file, "policy.json")));
  expect(existsSync(join(outdir, authorizer ?? "", "index.mjs"))).toBe(true);
  const digests = JSON.parse(readFileSync(join(outdir, authorizer ?? "", "digests.json"), "utf8"));
  expect(readFileSync(join(outdir, "Sallyport.metadata.json"), "utf8")).toContain(
    `Policy digest: ${digests.policies}, 16 policies; configuration digest: ${digests.configuration}`,
  );
  // The command line says the same of the same file.
  expect(readDeploymentInput(join(folder, "right.json"), undefined).digests).toEqual(digests);
});

test("tells a wrong configuration plainly and fails", () => {
  const { status, stderr, outdir } = run("wrong", { issuers, countries: ["XX"], demos: true });
  expect(status).toBe(1);
  expect(stderr).toMatch(/wrong\.json: 2 problems\n.*countries\[0\].*demos.*did you mean demo\?/s);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(existsSync(join(outdir, "Sallyport.template.json"))).toBe(false);
});

test("tells a policy that does not compile with file and line, and fails", () => {
  mkdirSync(join(folder, "rules"));
  writeFileSync(
    join(folder, "rules", "own.cedar"),
    '@id("typo")\npermit (principal, action, resource)\nwhen { context.devise.proven };\n',
  );
  const { status, stderr } = run("policies", { issuers, policies: "rules" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/own\.cedar:\d+/);
  expect(stderr).not.toMatch(/^ +at /m);
});
