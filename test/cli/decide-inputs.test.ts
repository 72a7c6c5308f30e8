import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKeySets } from "../../cli/decide-inputs.ts";
import type { IssuerSettings } from "../../contract/settings.ts";

const TENANT = "11112222-3333-4444-5555-666677778888";
const V1 = `https://sts.windows.net/${TENANT}/`;
const V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const entra: IssuerSettings = { preset: "entra", issuer: V2, audience: ["api"] };
const folder = mkdtempSync(join(tmpdir(), "sallyport-keys-"));
const file = join(folder, "jwks.json");
writeFileSync(file, "{}");
afterAll(() => rmSync(folder, { recursive: true }));

test("A key set counts for both names of an issuer where one is configured", async () => {
  expect([...(await readKeySets([file], [entra])).keys()].sort()).toEqual([V2, V1]);
});

test("A key set counts for one name of an issuer where both are configured", async () => {
  const both = [entra, { ...entra, issuer: V1 }];
  expect([...(await readKeySets([`${V1}=${file}`], both)).keys()]).toEqual([V1]);
});
