import { createDeviceRegistry } from "../../../aws/dynamodb/device-registry.ts";
import { createRememberProof } from "../../../aws/dynamodb/proof-store.ts";
import { createReadRiskState } from "../../../aws/dynamodb/risk-table.ts";
import { deviceIdOfKey } from "../../../domain/evidence/registered-device.ts";
import { type AuthorizerOptions, authorize } from "../../../lambda/authorizer/authorize.ts";
import { describeResult } from "../../../lambda/authorizer/describe-result.ts";
import { proofVerifier } from "../../../verification/proof/verify-proofs.ts";
import { startTable } from "../../support/aws/dynalite.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { restEvent } from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { ORIGINS, proofMaker, URL_OF_REQUEST } from "../../support/verification/proof-maker.ts";
import { ISSUER, seconds, tokenIssuer } from "../../support/verification/token-issuer.ts";

// From a token and a proof through the registry in the table to the policies' answer, with every
// part but the network real.
const owner = { issuer: ISSUER, subject: "alice" };

let table: Awaited<ReturnType<typeof startTable>>;
let issuer: Awaited<ReturnType<typeof tokenIssuer>>;
let client: Awaited<ReturnType<typeof proofMaker>>;
beforeAll(async () => {
  [issuer, client] = await Promise.all([tokenIssuer(), proofMaker()]);
});
beforeEach(async () => {
  table = await startTable();
});
afterEach(() => table.close());

const registry = () => createDeviceRegistry(table.client, table.tableName);
const key = () => ({ method: "dpop" as const, thumbprint: client.jkt });

async function post(claims: object, change: Partial<AuthorizerOptions> = {}, by = client) {
  const token = await issuer.sign({ cnf: { jkt: by.jkt }, ...claims });
  const proof = await by.sign({ htm: "POST", htu: URL_OF_REQUEST, iat: seconds() }, {}, token);
  const event = restEvent({ method: "POST", authorization: `DPoP ${token}`, headers: { DPoP: proof } });
  const result = await authorize(
    event,
    {
      ...strictPorts,
      now: Date.now,
      verifier: issuer.verifier,
      proofs: proofVerifier(
        { publicOrigins: ORIGINS },
        createRememberProof(table.client, table.tableName, Date.now),
        async () => undefined,
      ),
      readRiskState: createReadRiskState(table.client, table.tableName),
      ask,
    },
    { ...options, ...change },
  );
  const { outcome, reasons } = result.decision;
  return { outcome, reason: reasons[0], ...describeResult(result).unmapped.sallyport };
}

test("a device that is enrolled by its key alone is known by it, without any claim", async () => {
  expect(await post({})).toMatchObject({
    outcome: "deny",
    reason: "device-trust-too-low",
    device_id: deviceIdOfKey(client.jkt),
    device_trust: "unknown",
    device_proven: true,
    device_registered: false,
    device_posture: "none",
    device_reasons: ["not-registered", "token-bound"],
  });
  const id = deviceIdOfKey(client.jkt);
  await registry().enrol(id, { owner, keys: [key()], enrolledAt: seconds() });
  expect(await post({})).toMatchObject({ outcome: "allow", device_trust: "medium", device_registered: true });
  await registry().report(id, { source: "jamf", compliant: true, assessedAt: seconds(), details: [] });
  expect(await post({})).toMatchObject({
    outcome: "allow",
    device_trust: "high",
    device_proven: true,
    device_posture: "healthy",
    device_reasons: ["key-registered", "token-bound", "posture-healthy"],
  });
});

test("an enrolled device loses its trust with its health, its key, its owner and its retirement", async () => {
  const { enrol, report, retire } = registry();
  const healthy = { source: "jamf", compliant: true, assessedAt: seconds(), details: [] };
  const claims = { device_id: "laptop-7", device_trust_level: "high" };
  await enrol("laptop-7", { owner, keys: [key()], enrolledAt: seconds() });
  await report("laptop-7", healthy);
  expect(await post(claims)).toMatchObject({ outcome: "allow", device_id: "laptop-7", device_trust: "high" });

  const other = await proofMaker();
  for (const [given, reasons] of [
    [await post(claims, {}, other), ["key-not-registered", "unproven", "claim-capped", "posture-healthy"]],
    [await post({ ...claims, sub: "mallory" }), ["owned-by-another"]],
  ] as const) {
    expect(given).toMatchObject({
      outcome: "deny",
      reason: "device-trust-too-low",
      device_trust: "low",
      device_proven: false,
      device_reasons: reasons,
    });
  }
  await report("laptop-7", { ...healthy, compliant: false });
  expect(await post(claims)).toMatchObject({
    outcome: "deny",
    device_trust: "low",
    device_posture: "unhealthy",
  });
  await report("laptop-7", healthy);
  await retire("laptop-7", seconds());
  expect(await post(claims)).toMatchObject({
    outcome: "deny",
    device_trust: "low",
    device_registered: false,
    device_reasons: ["key-retired", "retired"],
  });
  // Nor does the id help with a key that is not retired.
  expect(await post(claims, {}, other)).toMatchObject({
    outcome: "deny",
    device_trust: "low",
    device_reasons: ["retired"],
  });
});

test("a retired device's key gives no trust under another id, with the claim of another device or with none", async () => {
  const { enrol, report, retire } = registry();
  const healthy = { source: "jamf", compliant: true, assessedAt: seconds(), details: [] };
  for (const id of ["laptop-7", "laptop-8", deviceIdOfKey(client.jkt)]) {
    await enrol(id, { owner, keys: [key()], enrolledAt: seconds() });
    await report(id, healthy);
  }
  const claims = [
    { device_trust_level: "high" },
    { device_id: "laptop-8", device_trust_level: "high" },
    { device_id: "never-enrolled", device_trust_level: "high" },
    { device_id: "never-enrolled", device_trust_level: "high", sub: "mallory" },
  ];
  for (const one of claims) expect(await post(one)).toMatchObject({ outcome: "allow", device_trust: "high" });
  await retire("laptop-7", seconds());
  for (const one of claims) {
    expect(await post(one)).toMatchObject({
      outcome: "deny",
      reason: "device-trust-too-low",
      device_trust: "low",
      device_proven: false,
      device_registered: false,
      device_reasons: ["key-retired"],
    });
  }
  // Another key of the same user is not affected.
  expect(await post(claims[2] ?? {}, {}, await proofMaker())).toMatchObject({ device_trust: "high" });
});

test("an id that names a retired key is not trusted, though a token claims it and another key is shown", async () => {
  const { enrol, report, retire } = registry();
  const id = deviceIdOfKey("r".repeat(43));
  await enrol(id, { owner, keys: [key()], enrolledAt: seconds() });
  await report(id, { source: "jamf", compliant: true, assessedAt: seconds(), details: [] });
  const claims = { device_id: id, device_trust_level: "high" };
  expect(await post(claims)).toMatchObject({ outcome: "allow", device_trust: "high" });
  // As a retirement leaves it that breaks off after its first write.
  await table.put({ pk: `DEVICE#${id}`, sk: "KEY", v: 1, retiredAt: seconds() });
  expect(await post(claims)).toMatchObject({ device_trust: "low", device_reasons: ["key-retired"] });
  const unenrolled = deviceIdOfKey("s".repeat(43));
  await retire(unenrolled, seconds());
  expect(await post({ ...claims, device_id: unenrolled })).toMatchObject({
    device_trust: "low",
    device_reasons: ["key-retired"],
  });
});

test("a retirement of a key that cannot be read makes risk unavailable", async () => {
  await table.put({ pk: `DEVICE#${deviceIdOfKey(client.jkt)}`, sk: "KEY", v: 1 });
  expect(await post({ device_id: "d", device_trust_level: "high" })).toMatchObject({
    outcome: "deny",
    reason: "risk-unavailable",
    device_trust: "low",
  });
});

test("how long a posture counts is the deployment's to say", async () => {
  const { enrol, report } = registry();
  await enrol("laptop-7", { owner, keys: [key()], enrolledAt: seconds() });
  await report("laptop-7", { source: "jamf", compliant: true, assessedAt: seconds() - 7200, details: [] });
  const claims = { device_id: "laptop-7" };
  expect(await post(claims)).toMatchObject({ device_trust: "high" });
  expect(await post(claims, { devicePostureMaxAge: 3600 })).toMatchObject({
    outcome: "allow",
    device_trust: "medium",
    device_posture: "unknown",
    device_reasons: ["key-registered", "token-bound", "posture-stale"],
  });
});

test("an entry that cannot be read makes risk unavailable and trust low", async () => {
  await table.put({ pk: "DEVICE#laptop-7", sk: "ACCESS", v: 1, enrolledAt: 1 });
  expect(await post({ device_id: "laptop-7", device_trust_level: "high" })).toMatchObject({
    outcome: "deny",
    reason: "risk-unavailable",
    device_trust: "low",
    device_reasons: ["registry-unavailable", "token-bound"],
  });
});
