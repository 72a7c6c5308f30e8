import { bootStack } from "../../local/boot.ts";
import { eventually, functionResource, writeAssembly } from "../support/shop/assembly.ts";

jest.setTimeout(60_000);

const servers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;

test("a boot that fails half-way leaves no listener open", async () => {
  const Layered = functionResource("plain", {
    Layers: ["arn:aws:lambda:eu-central-1:000000000000:layer:x:1"],
  });
  const assembly = writeAssembly(
    { Broken: { Resources: { Layered } } },
    { plain: "export const handler = async () => 1;" },
  );
  const before = servers();
  await expect(bootStack({ assemblyDir: assembly.dir })).rejects.toThrow("Layered");
  await eventually(() => (servers() <= before ? true : undefined));
  assembly.remove();
});

test("a boot from a folder that is no assembly says so, and leaves no listener open", async () => {
  const before = servers();
  await expect(bootStack({ assemblyDir: "/nonexistent" })).rejects.toThrow("/nonexistent/manifest.json");
  await eventually(() => (servers() <= before ? true : undefined));
});
