import { startShop } from "../shop/shop.ts";
import type { AdapterWorld } from "./adapter-world.ts";

/** The shop on the laptop, for the adapters to find by this process's environment. */
export async function createLaptopWorld(): Promise<AdapterWorld> {
  const shop = await startShop();
  const { region, accountId } = shop.stack.template;
  Object.assign(process.env, shop.environment);
  const address = (apiId: string) => ({ accountId, region, apiId });
  return {
    region,
    accountId,
    rest: address(shop.rest.id),
    http: address(shop.http.id),
    chat: address(shop.chat.id),
    functionArn: shop.authorizerArn,
    complemented: () => [],
    close: shop.close,
  };
}
