import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../../local/cloudformation/synthesize.ts";
import { createLocalCertificates } from "../../../local/issuer/certificates.ts";
import { type Issuer, startIssuer } from "../../../local/issuer/issuer.ts";
import { type Fixture, writeAssembly } from "./assembly.ts";
import { openShop, type Shop, type ShopOptions } from "./shop.ts";
import { SHOP_BACKEND, shopTemplate } from "./shop-template.ts";

/** The shop with Sallyport's own stack beside it: the real bundle judges. */
export interface SallyportShop extends Shop {
  readonly issuer: Issuer;
}

export interface SallyportShopOptions extends ShopOptions {
  /** Fields of sallyport.json besides the issuers */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/**
 * Starts the shop beside Sallyport's own stack, synthesized as `cdk synth` does it, and an OpenID
 * provider. Takes several seconds.
 */
export async function startSallyportShop(options: SallyportShopOptions = {}): Promise<SallyportShop> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-shop-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const certificates = await createLocalCertificates(join(folder, "certificates"));
  const issuer = await startIssuer({ certificates, audience: "https://api.sallyport.example" });
  try {
    const file = join(folder, "sallyport.json");
    const {
      issuer: name,
      jwksUri,
      audience,
    } = { issuer: issuer.url, jwksUri: issuer.jwksUri, audience: [issuer.audience] };
    await writeFile(
      file,
      JSON.stringify({
        issuers: [{ preset: "oidc", issuer: name, jwksUri, audience }],
        ...options.configuration,
      }),
    );
    const out = join(folder, "cdk.out");
    await synthesize(file, out);
    const assembly = writeAssembly({ Shop: { Resources: shopTemplate(options) } }, { backend: SHOP_BACKEND });
    addToAssembly(out, assembly);
    const fixture = { dir: out, remove: assembly.remove };
    const environment = { NODE_EXTRA_CA_CERTS: certificates.caFile };
    const shop = await openShop(fixture, options, "authorizer", environment, [issuer.close, remove]);
    return { ...shop, issuer };
  } catch (error) {
    await issuer.close();
    await remove();
    throw error;
  }
}

/** Puts the stacks and assets of one assembly into another. */
function addToAssembly(dir: string, { dir: from }: Fixture): void {
  cpSync(from, dir, { recursive: true, filter: (path) => !path.endsWith("manifest.json") });
  const read = (folder: string) => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const [into, added] = [read(dir), read(from)];
  const { assets, ...stacks } = added.artifacts;
  into.artifacts = { ...into.artifacts, ...stacks, ShopAssets: assets };
  writeFileSync(join(dir, "manifest.json"), JSON.stringify(into));
}
