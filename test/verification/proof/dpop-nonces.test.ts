import { createNonces } from "../../../verification/proof/dpop-nonces.ts";
import { NOW } from "../../support/verification/proof-maker.ts";

const SECRET = Buffer.alloc(32, 1);
const nonces = (secret: Uint8Array | undefined = SECRET) => createNonces(async () => secret);
// The beginning of a period.
const START = Math.ceil(NOW / 120_000) * 120_000;

test("accepts a nonce that another environment gave, for one to two periods", async () => {
  const nonce = await nonces().current(START);
  expect(nonce).toMatch(/^[\w-]{43}$/);
  expect(await nonces().accepts(nonce, START)).toBe(true);
  expect(await nonces().accepts(nonce, START + 239_999)).toBe(true);
  expect(await nonces().accepts(nonce, START + 240_000)).toBe(false);
  // Given by an environment whose clock is ahead.
  expect(await nonces().accepts(nonce, START - 1)).toBe(true);
});

test.each([[undefined], [""], [7], ["x".repeat(43)]])("does not accept %p", async (nonce) => {
  expect(await nonces().accepts(nonce, START)).toBe(false);
});

test("does not accept what was made by another secret", async () => {
  const other = await nonces(Buffer.alloc(32, 2)).current(START);
  expect(await nonces().accepts(other, START)).toBe(false);
});

test("says when the secret cannot be had, and asks for it until it has it", async () => {
  let asked = 0;
  const late = createNonces(async () => {
    asked += 1;
    return asked < 3 ? undefined : SECRET;
  });
  expect(await late.current(START)).toBeUndefined();
  expect(await late.accepts("x", START)).toBeUndefined();
  expect(await late.accepts(await nonces().current(START), START)).toBe(true);
  await late.current(START);
  expect(asked).toBe(3);
});
