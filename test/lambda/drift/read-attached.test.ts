import { ControlError } from "../../../aws/api-gateway/control-error.ts";
import { readAttached } from "../../../lambda/drift/read-attached.ts";
import { attachedApi } from "../../support/attach/attached.ts";

const failure = (kind: "not-found" | "access-denied") =>
  new ControlError({ kind, operation: "GetRestApi", message: "It is not.", next: "Look." });

test("an API that is there is read", async () => {
  const control = { read: async () => attachedApi() };
  expect(await readAttached(async () => ({ control }))).toEqual(attachedApi());
});

test("only an id that API Gateway does not know tells of an API that is gone", async () => {
  expect(await readAttached(() => Promise.reject(failure("not-found")))).toBeUndefined();
  await expect(readAttached(() => Promise.reject(failure("access-denied")))).rejects.toThrow("It is not.");
});

test("a part that goes missing meanwhile does not", async () => {
  const control = { read: () => Promise.reject(failure("not-found")) };
  await expect(readAttached(async () => ({ control }))).rejects.toThrow("It is not.");
});
