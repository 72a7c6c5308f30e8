import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculateJwkThumbprint } from "jose";
import { deviceCommand } from "../../cli/device.ts";
import { startTable } from "../support/aws/dynalite.ts";
import { selfSigned } from "../support/cli/certificate.ts";
import { runCommandLine } from "../support/cli/run-command-line.ts";

const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_REGION: "eu-central-1",
};
const before = { ...process.env };
let folder: string;
let table: Awaited<ReturnType<typeof startTable>>;
let files: Record<"jwk" | "private" | "secret" | "certificate" | "nonsense" | "intune" | "falcon", string>;
let thumbprints: { readonly jwk: string; readonly certificate: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-device-"));
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const { pem, der } = await selfSigned("laptop-7");
  const write = async (name: string, content: unknown) => {
    const path = join(folder, name);
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  files = {
    jwk: await write("key.json", { ...jwk, kid: "any" }),
    private: await write("private.json", privateKey.export({ format: "jwk" })),
    secret: await write("secret.json", { kty: "oct", k: "c2VjcmV0" }),
    certificate: await write("device.pem", `${pem}\n`),
    nonsense: await write("nonsense.txt", "-----BEGIN NOTHING-----"),
    intune: await write("intune.json", {
      complianceState: "compliant",
      lastSyncDateTime: new Date(Date.now() - 60_000).toISOString(),
    }),
    falcon: await write("falcon.json", {
      resources: [{ assessment: { overall: 64 }, modified_time: new Date().toISOString() }],
    }),
  };
  thumbprints = {
    jwk: await calculateJwkThumbprint(jwk as { kty: "EC" }),
    certificate: createHash("sha256").update(der).digest("base64url"),
  };
});
beforeEach(async () => {
  table = await startTable("devices");
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_DYNAMODB: table.endpoint });
});
afterEach(() => table.close());
afterAll(async () => {
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL_DYNAMODB"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await rm(folder, { recursive: true });
});

const run = (...argv: string[]) => runCommandLine(deviceCommand, ["device", ...argv]);
const on = (...argv: string[]) => run(...argv, "--table", "devices");
const OWNER = ["--issuer", "https://issuer.example", "--subject", "alice"];

test("a device goes from enrolment to retirement", async () => {
  const enrolled = await on("enrol", "laptop-7", ...OWNER, "--jwk", files.jwk, "--json");
  expect(enrolled).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(enrolled.stdout)).toMatchObject({
    id: "laptop-7",
    device: {
      owner: { issuer: "https://issuer.example", subject: "alice" },
      keys: [{ method: "dpop", thumbprint: thumbprints.jwk }],
    },
  });
  const attested = await on("attest", "laptop-7", "--certificate", files.certificate, "--json");
  expect(JSON.parse(attested.stdout).device.keys).toEqual([
    { method: "dpop", thumbprint: thumbprints.jwk },
    { method: "mtls", thumbprint: thumbprints.certificate },
  ]);
  const replaced = await on("attest", "laptop-7", "--certificate", files.certificate, "--replace", "--json");
  expect(JSON.parse(replaced.stdout).device.keys).toHaveLength(1);
  const healthy = await on("posture", "laptop-7", files.intune, "--from", "intune");
  expect([healthy.code, healthy.stdout]).toEqual([
    0,
    expect.stringMatching(/^posture +healthy at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, by intune$/m),
  ]);
  const poor = await on("posture", "laptop-7", files.falcon, "--from", "crowdstrike", "--json");
  expect(JSON.parse(poor.stdout).device.posture).toMatchObject({
    source: "crowdstrike",
    compliant: false,
    details: ["score-64"],
  });
  const stated = await on("posture", "laptop-7", "--unhealthy", "--detail", "lost", "--json");
  expect(JSON.parse(stated.stdout).device.posture).toMatchObject({ source: "stated", details: ["lost"] });
  expect(await on("retire", "laptop-7")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^retired +\d{4}-/m),
  });
  const shown = await on("show", "laptop-7");
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining(thumbprints.certificate)]);
});

test("a lower bar makes the same score healthy", async () => {
  await on("enrol", "laptop-7", ...OWNER);
  const argv = [
    "posture",
    "laptop-7",
    files.falcon,
    "--from",
    "crowdstrike",
    "--minimum-score",
    "60",
    "--json",
  ];
  expect(JSON.parse((await on(...argv)).stdout).device.posture.compliant).toBe(true);
});

test.each(["jwk", "certificate"] as const)("a %s alone is enough to enrol", async (kind) => {
  const { code, stdout } = await on("enrol", ...OWNER, `--${kind}`, files[kind], "--json");
  expect([code, JSON.parse(stdout).id]).toEqual([0, `key:${thumbprints[kind]}`]);
});

test("refusals say why, and write nothing", async () => {
  await on("enrol", "laptop-7", ...OWNER);
  await on("enrol", "gone", ...OWNER);
  await on("retire", "gone");
  for (const [argv, why] of [
    [["enrol", "laptop-7", ...OWNER], "it is already enrolled"],
    [["enrol", "gone", ...OWNER], "it was retired permanently"],
    [["attest", "gone", "--jwk", files.jwk], "it is retired"],
    [["attest", "nobody", "--jwk", files.jwk], "it is not enrolled"],
    [["posture", "nobody", "--healthy"], "it is not enrolled"],
    [["retire", "nobody"], "it is not enrolled"],
  ] as const) {
    const { code, stdout, stderr } = await on(...argv);
    expect([argv, code, stdout]).toEqual([argv, 1, ""]);
    expect(stderr).toMatch(/^sallyport: Nothing was written of .+\n.+\n$/);
    expect(stderr).toContain(why);
  }
});

test("a retired key is reported, and enrolled or attested under no other id", async () => {
  await on("enrol", "gone", ...OWNER, "--jwk", files.jwk);
  await on("enrol", "laptop-8", ...OWNER);
  expect((await on("retire", "gone")).stdout).toMatch(new RegExp(`^keys retired  ${thumbprints.jwk}$`, "m"));
  for (const argv of [
    ["enrol", "new", ...OWNER, "--jwk", files.jwk],
    ["enrol", ...OWNER, "--jwk", files.jwk],
    ["attest", "laptop-8", "--jwk", files.jwk],
    ["attest", "laptop-8", "--jwk", files.jwk, "--replace"],
  ]) {
    const { code, stderr } = await on(...argv);
    expect([argv, code]).toEqual([argv, 1]);
    expect(stderr).toContain(`the key ${thumbprints.jwk} is retired`);
  }
  expect(JSON.parse((await on("show", "laptop-8", "--json")).stdout).device.keys).toEqual([]);
});

test("a key that was never enrolled can be retired", async () => {
  const id = `key:${thumbprints.certificate}`;
  expect(await on("retire", id)).toMatchObject({ code: 0, stderr: "" });
  expect(await on("show", id)).toMatchObject({
    code: 0,
    stdout: `device        ${id}\nenrolled      no\nkeys retired  ${thumbprints.certificate}\n`,
  });
});

test("shows that a device was not enrolled", async () => {
  expect(await on("show", "absent")).toEqual({
    code: 1,
    stdout: "device    absent\nenrolled  no\n",
    stderr: "",
  });
});

test("explains what it was asked wrongly or cannot use", async () => {
  const attest = ["attest", "d", "--table", "devices"];
  const posture = ["posture", "d", "--table", "devices"];
  for (const [argv, code, says] of [
    [[], 2, "device has the actions"],
    [["list"], 2, "device has the actions"],
    [["toString"], 2, "device has the actions"],
    [["show", "d"], 2, "--table is missing"],
    [["show", "--table", "devices"], 2, "takes an id"],
    [["show", "d", "e", "--table", "devices"], 2, "takes an id"],
    [["show", "", "--table", "devices"], 2, "The id must be 1 to 255 characters"],
    [["show", "d", "--jwk", "x", "--table", "devices"], 2, "does not take --jwk"],
    [["enrol", "d", "--table", "devices"], 2, "enrol needs the owner"],
    [["enrol", "d", "--issuer", "http://i", "--subject", "s", "--table", "devices"], 2, "not an https URL"],
    [["enrol", ...OWNER, "--table", "devices"], 2, "exactly one key"],
    [attest, 2, "exactly one key"],
    [[...attest, "--jwk", "/nowhere"], 1, "file not found"],
    [[...attest, "--jwk", "PRIVATE"], 1, "contains a private key"],
    [[...attest, "--jwk", "SECRET"], 1, "contains a private key"],
    [[...attest, "--jwk", "INTUNE"], 1, "is not a public key"],
    [[...attest, "--certificate", "NONSENSE"], 1, "does not start with a PEM certificate"],
    [posture, 2, "one of --from, --healthy and --unhealthy"],
    [[...posture, "--healthy", "--unhealthy"], 2, "one of --from"],
    [[...posture, "--from", "toString"], 2, "must be one of jamf, intune, crowdstrike"],
    [[...posture, "--from", "jamf"], 2, "needs a file"],
    [[...posture, "--healthy", "--detail", "A b"], 2, "not a short code"],
    [[...posture, "--healthy", "--minimum-score", "5"], 2, "only with --from crowdstrike"],
    [["posture", "d", "INTUNE", "--from", "jamf", "--table", "devices"], 1, "is not a jamf payload"],
    [
      ["posture", "d", "INTUNE", "--from", "crowdstrike", "--minimum-score", "101", "--table", "devices"],
      2,
      "from 0 to 100",
    ],
    [["show", "d", "--table", "absent"], 1, 'The table "absent" cannot be used'],
  ] as const) {
    const named: ReadonlyMap<string, string> = new Map([
      ["PRIVATE", files.private],
      ["SECRET", files.secret],
      ["INTUNE", files.intune],
      ["NONSENSE", files.nonsense],
    ]);
    const given = argv.map((word) => named.get(word) ?? word);
    const result = await run(...given);
    expect([argv, result.code, result.stdout]).toEqual([argv, code, ""]);
    expect(result.stderr).toMatch(/^sallyport: .+\n.+\n$/);
    expect(result.stderr).toContain(says);
  }
});
