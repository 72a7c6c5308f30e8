import { floodWith } from "../../../bench/flood.ts";

test("a flood of forged tokens costs neither memory nor fetches", async () => {
  const { growth, fetches, shortestGap, reasons } = await floodWith(30_000);
  // The first fetch is the one of init; after it one for unknown key ids in ten seconds at most.
  expect(shortestGap).toBeGreaterThanOrEqual(10_000);
  expect(fetches).toBeLessThanOrEqual(1 + 3);
  expect(growth).toBeLessThan(5 * 1024 * 1024);
  expect(Object.keys(reasons).sort()).toEqual([
    "audience-mismatch",
    "issuer-unknown",
    "token-key-unknown",
    "token-signature-invalid",
  ]);
}, 60_000);
