import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateMethodCommand, UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import { UpdateRouteCommand } from "@aws-sdk/client-apigatewayv2";
import { createApiControl } from "../../../aws/api-gateway/api-control.ts";
import { createPace } from "../../../aws/api-gateway/pace.ts";
import { createAttachCommand } from "../../../cli/attach/attach.ts";
import { realWorld } from "../../../cli/attach/world.ts";
import type { AccessEvent } from "../../../domain/event/access-event.ts";
import type { SecurityFinding } from "../../../domain/risk/security-finding.ts";
import { PACKAGE_ROOT } from "../../../lib/package-root.ts";
import { until } from "../../../local/scenario/until.ts";
import { clientsOf } from "../api-gateway/shop-clients.ts";
import { CLAIMS } from "../shop/persona-claims.ts";
import { startSallyportShop } from "../shop/sallyport-shop.ts";
import type { ShopApi } from "../shop/shop.ts";
import { runCommandLine } from "./run-command-line.ts";

/** A segment that has some of the shop's routes, besides the one that has all of them. */
const SEGMENTS = {
  general: ["/**"],
  admin: ["/api/admin/**"],
  billing: ["/invoices/**", "/invoices"],
  identity: ["/api/users/**"],
  export: ["/api/export/**"],
};

/** What one command did. */
export interface CommandResult {
  readonly command: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls of the control planes of API Gateway and Lambda, by name */
  readonly calls: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** The shop with Sallyport beside it, and hands to do to it what people do. */
export async function openWalk() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-walk-"));
  const policies = join(folder, "policies");
  cpSync(join(PACKAGE_ROOT, "policies/default"), policies, {
    recursive: true,
    filter: (path) => !/\.ts$|cases\.md$|segments\.json$/.test(path),
  });
  writeFileSync(join(policies, "segments.json"), JSON.stringify(SEGMENTS));
  const shop = await startSallyportShop({ configuration: { driftMinutes: 60, policies } });
  const clients = clientsOf(shop);
  const events: AccessEvent[] = [];
  shop.stack.bus.onEvent(({ detail }) => void events.push(detail as unknown as AccessEvent));
  const outside = { ...process.env };
  Object.assign(process.env, shop.environment);
  const token = join(folder, "token.txt");

  const attach = async (
    action: string,
    api: ShopApi,
    ...flags: readonly string[]
  ): Promise<CommandResult> => {
    const before = shop.calls().length;
    const start = Date.now();
    const shared = [
      "--api",
      api.id,
      "--table",
      shop.tableName,
      "--snapshot",
      join(folder, `${api.name}.json`),
    ];
    const own = ["plan", "apply"].includes(action) ? ["--authorizer", shop.authorizerArn] : [];
    const yes = ["apply", "rollback"].includes(action) ? ["--yes"] : [];
    const argv = ["attach", action, ...shared, "--rate", "40", ...own, ...flags, ...yes];
    const result = await runCommandLine(createAttachCommand({ ...realWorld, isTerminal: false }), argv);
    const calls: Record<string, number> = {};
    for (const { name } of shop.calls().slice(before)) calls[name] = (calls[name] ?? 0) + 1;
    const command = `sallyport attach ${action} ${flags.join(" ")}`.trim();
    return { command, ...result, calls, seconds: (Date.now() - start) / 1000 };
  };

  return {
    shop,
    events,
    attach,
    /** Writes a token of a user with several factors where `--token-file` finds it */
    signIn: async () => {
      writeFileSync(token, await shop.issuer.issueToken(CLAIMS));
      return token;
    },
    /** What API Gateway tells of an API, to the byte */
    stateOf: async ({ id }: ShopApi): Promise<string> => {
      const { accountId, region } = shop.stack.template;
      const { control } = await createApiControl({
        address: { accountId, region, apiId: id },
        partition: "aws",
        pace: createPace({ perSecond: 1000 }),
      });
      return JSON.stringify(await control.read());
    },
    /**
     * All that the laptop holds of an API, the working configuration and every deployment, as text
     */
    configurationOf: ({ id }: ShopApi): string => {
      const { rest, http } = shop.stack.configurations;
      return canonical(rest.get(id) ?? http.get(id));
    },
    /**
     * Points the stage back to the deployment it had before, and takes the authorizer off a method
     * without deploying that
     */
    breakRest: async ({ id }: ShopApi, deploymentId: string, resourceId: string, httpMethod: string) => {
      await clients.rest.send(
        new UpdateStageCommand({
          restApiId: id,
          stageName: "prod",
          patchOperations: [{ op: "replace", path: "/deploymentId", value: deploymentId }],
        }),
      );
      await clients.rest.send(
        new UpdateMethodCommand({
          restApiId: id,
          resourceId,
          httpMethod,
          patchOperations: [
            { op: "replace", path: "/authorizationType", value: "NONE" },
            { op: "replace", path: "/authorizerId", value: "" },
          ],
        }),
      );
    },
    /** Takes the authorizer off a route, which takes effect at once */
    breakHttp: async ({ id }: ShopApi, routeId: string) => {
      await clients.http.send(
        new UpdateRouteCommand({ ApiId: id, RouteId: routeId, AuthorizationType: "NONE", AuthorizerId: "" }),
      );
    },
    /**
     * Lets the schedule come, and waits until Security Hub has heard; answers what it holds of
     * drift then
     */
    checkDrift: async (expected: number): Promise<readonly SecurityFinding[]> => {
      const drift = () =>
        (shop.stack.securityHub.findings() as unknown as readonly SecurityFinding[]).filter(
          ({ GeneratorId }) => GeneratorId.startsWith("sallyport/drift/"),
        );
      const active = () => drift().filter(({ RecordState }) => RecordState === "ACTIVE").length;
      shop.stack.bus.runSchedules();
      await shop.stack.bus.idle();
      await until(active, (count) => count === expected, 20_000);
      return drift();
    },
    close: async () => {
      for (const name of Object.keys(process.env)) if (!(name in outside)) delete process.env[name];
      Object.assign(process.env, outside);
      for (const client of Object.values(clients)) client.destroy();
      await shop.close();
      rmSync(folder, { recursive: true, force: true });
    },
    readSnapshot: ({ name }: ShopApi) => readFileSync(join(folder, `${name}.json`), "utf8"),
  };
}

/**
 * Maps and all, with the keys in order; without the moments that the service itself writes, and its
 * count of requests.
 */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Map) return { map: [...one].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) };
    if (one instanceof Set) return { set: [...one].sort() };
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    const own = Object.entries(one).filter(([name]) => name !== "updatedAt" && name !== "asked");
    return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
