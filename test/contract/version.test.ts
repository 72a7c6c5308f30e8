import { VERSION } from "../../contract/version.ts";
import { version } from "../../package.json";

test("events and findings state the package's version", () => {
  expect(VERSION).toBe(version);
});
