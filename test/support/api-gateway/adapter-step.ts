import { createApiControl } from "../../../aws/api-gateway/api-control.ts";
import { createPace } from "../../../aws/api-gateway/pace.ts";
import type { ApiAddress } from "../../../domain/attach/attachment.ts";
import type { ApiControl } from "../../../domain/attach/control.ts";
import { MOTO_DIFFERS } from "./moto-differs.ts";

/** Where a server of moto's answers; without it the laptop does. */
export const MOTO_URL = process.env.MOTO_URL;
/** Does not wait between calls */
export const pace = createPace({ sleep: () => Promise.resolve() });

/**
 * What every implementation does; of moto what it is known to do otherwise, which then has to be
 * so.
 */
export function step(name: string, run: () => Promise<void>): void {
  const differs = MOTO_URL === undefined ? undefined : MOTO_DIFFERS[name];
  if (differs === undefined) test(name, run);
  else
    test(`${name}: moto differs (${differs.why})`, async () => {
      await expect(run()).rejects.toThrow(differs.says);
    });
}

export async function open(address: ApiAddress): Promise<ApiControl> {
  return (await createApiControl({ address, partition: "aws", pace })).control;
}
