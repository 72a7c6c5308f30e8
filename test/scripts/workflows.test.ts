import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const { scripts } = JSON.parse(text("package.json"));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = ".github/workflows";
const workflows = readdirSync(join(root, FOLDER)).map((name) => {
  const source = text(`${FOLDER}/${name}`);
  return { name, source, workflow: parse(source) as Workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => [`${name} ${id}`, job] as const),
);
const steps = jobs.flatMap(([job, { steps }]) => steps.map((step) => ({ job, ...step })));
const commands = steps.flatMap(({ job, run }) => (run === undefined ? [] : [[run, job] as const]));

test("There is a workflow that runs every check on pull requests and on main", () => {
  const checks = workflows.find(({ name }) => name === "check.yml")?.workflow;
  expect(checks?.on).toEqual({ pull_request: null, push: { branches: ["main"] } });
  expect(checks?.jobs.all?.steps.at(-1)).toEqual({ run: ".ci/run" });
});

test.each(commands)("The command `%s` of %s exists here", (command) => {
  expect(command).not.toContain("\n");
  const [program, second, ...rest] = command.split(/\s+/);
  if (program === "npm" && second === "run") {
    const script = rest.find((word) => !word.startsWith("-")) ?? "";
    expect(Object.keys(scripts)).toContain(script);
  } else if (program === "npm" && second === "test") {
    expect(scripts).toHaveProperty("test");
  } else if (program?.startsWith(".ci/")) {
    expect(() => accessSync(join(root, program), constants.X_OK)).not.toThrow();
  } else {
    expect(`${program} ${second}`).toMatch(/^(?:npm (?:ci|pkg|publish)|gh release)$/);
  }
});

test.each(commands)(
  "The command `%s` of %s takes nothing from the event but through its environment",
  (command) => {
    // An expression would be pasted into the shell before it reads the line.
    expect(command).not.toContain("${{");
  },
);

test("Every action is pinned to a commit, and a comment names the version", () => {
  const used = workflows.flatMap(({ source }) => source.split("\n").filter((line) => /\buses:/.test(line)));
  expect(used.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
  for (const line of used) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("A workflow may read the repository and nothing else; a job that may do more is one of these", () => {
  for (const { workflow } of workflows) expect(workflow.permissions).toEqual({ contents: "read" });
  const more = jobs.filter(([, { permissions }]) => permissions !== undefined);
  expect(more.map(([job, { permissions }]) => [job, permissions])).toEqual([
    ["release.yml publish", { contents: "read", "id-token": "write" }],
    ["release.yml announce", { contents: "write" }],
  ]);
});

test("No checkout leaves the workflow's token in the folder, and every job has a time limit", () => {
  for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
    expect([step.job, step.with?.["persist-credentials"]]).toEqual([step.job, false]);
  }
  for (const [job, limits] of jobs)
    expect([job, limits["timeout-minutes"]]).toEqual([job, expect.any(Number)]);
});

test("Node comes from .nvmrc, or is the oldest that package.json accepts", () => {
  const { engines } = JSON.parse(text("package.json"));
  const versions = steps
    .filter(({ uses }) => uses?.startsWith("actions/setup-node@"))
    .map((step) => step.with);
  const said = versions.map((given) => given?.["node-version-file"] ?? `>=${given?.["node-version"]}`);
  expect(new Set(said)).toEqual(new Set([".nvmrc", engines.node]));
  expect(text(".nvmrc")).toMatch(/^\d+\n$/);
});

test("The package is published by one job, for a tag of its version, after every check", () => {
  const publishing = steps.filter(({ run }) => run?.includes("npm publish"));
  expect(publishing.map(({ job, run }) => [job, run])).toEqual([
    ["release.yml publish", "npm publish --provenance --access public"],
  ]);
  const release = workflows.find(({ name }) => name === "release.yml")?.workflow;
  expect(release?.on).toEqual({ push: { tags: ["v[0-9]*"] } });
  expect(release?.jobs.publish).toMatchObject({
    if: "startsWith(github.ref, 'refs/tags/v')",
    needs: "check",
  });
  const checks = release?.jobs.check?.steps.map(({ run }) => run);
  expect(checks).toContain('npm run --silent release-notes -- --tag "$GITHUB_REF_NAME"');
  expect(checks).toContain(".ci/run");
});

test("Each issue form asks for something, under unique ids", () => {
  const folder = ".github/ISSUE_TEMPLATE";
  const forms = readdirSync(join(root, folder)).filter((name) => name !== "config.yml");
  expect(forms.toSorted()).toEqual(["bug.yml", "feature.yml", "provider.yml"]);
  for (const name of forms) {
    const form = parse(text(`${folder}/${name}`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const fields = form.body.filter(({ type }: { type: string }) => type !== "markdown");
    const ids = fields.map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { type, attributes } of fields) {
      expect(["input", "textarea", "dropdown"]).toContain(type);
      expect(attributes.label).toEqual(expect.any(String));
    }
    expect(
      fields.some(({ validations }: { validations?: { required?: boolean } }) => validations?.required),
    ).toBe(true);
  }
});

test("Forms and checklists name only files and scripts that exist", () => {
  const files = [
    ...readdirSync(join(root, ".github/ISSUE_TEMPLATE")).map((name) => `.github/ISSUE_TEMPLATE/${name}`),
    ".github/pull_request_template.md",
  ];
  for (const file of files) {
    const named = text(file).match(/\b(?:docs\/[\w./-]*\w|[A-Z]+\.md)\/?/g) ?? [];
    expect([file, named.filter((path) => !existsSync(join(root, path)))]).toEqual([file, []]);
    const run = [...text(file).matchAll(/npm (?:run )?([a-z]+)/g)].map(([, script]) => script);
    expect([file, run.filter((script) => !Object.hasOwn(scripts, script ?? ""))]).toEqual([file, []]);
  }
});

test("Every path that CODEOWNERS assigns exists", () => {
  const paths = text(".github/CODEOWNERS")
    .split("\n")
    .filter((line) => line.startsWith("/"))
    .map((line) => line.split(/\s+/)[0] ?? "");
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("Dependabot watches npm and the actions, and ignores only packages that are installed", () => {
  const { updates } = parse(text(".github/dependabot.yml"));
  expect(updates.map((update: { "package-ecosystem": string }) => update["package-ecosystem"])).toEqual([
    "npm",
    "github-actions",
  ]);
  const { dependencies, devDependencies } = JSON.parse(text("package.json"));
  const installed = Object.keys({ ...dependencies, ...devDependencies });
  for (const { "dependency-name": name } of updates[0].ignore) {
    expect([name, installed.some((one) => one === name || one.startsWith(name.replace("*", "")))]).toEqual([
      name,
      true,
    ]);
  }
});
