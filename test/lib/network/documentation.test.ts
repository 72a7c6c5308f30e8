import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../../lib/package-root.ts";
import { complaint } from "../../support/lib/orders-site.ts";
import { bareApp } from "../../support/lib/synthesize.ts";
import { OrdersBackEnd } from "../../support/network/orders-back-end.ts";

const read = (path: string): string => readFileSync(join(PACKAGE_ROOT, path), "utf8");

test("docs/network.md shows a stack that compiles, and keeps to its declaration", () => {
  const [, shown] = /^```ts\n(.*?)^```$/ms.exec(read("docs/network.md")) ?? [];
  const source = read("test/support/network/orders-back-end.ts").replace(
    '"../../../lib/index.ts"',
    '"sallyport"',
  );
  expect(shown).toBe(source);
  const app = bareApp();
  new OrdersBackEnd(app, "Orders");
  expect(complaint(app)).toBe("");
});
