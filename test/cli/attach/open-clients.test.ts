import { rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { openClients } from "../../../cli/attach/open-clients.ts";
import { closeServer, listenOnFreePort } from "../../../local/listen.ts";
import { newFolder } from "../../support/attach/attach-run.ts";

const ACCOUNT_OF: Readonly<Record<string, string>> = { AKIAOWNER: "111122223333", AKIASALLY: "444455556666" };
/** Which access key signed the calls of each service, and for which Region */
const signers = new Map<string, string>();
const before = { ...process.env };
let server: Server;
let folder: string;

beforeAll(async () => {
  folder = await newFolder();
  server = createServer((request, response) => {
    const [, key = "", region, service = ""] =
      /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    signers.set(service, `${key} in ${region}`);
    request.resume();
    if (service !== "sts")
      return void response.writeHead(404, { "content-type": "application/json" }).end("{}");
    const identity = `<Account>${ACCOUNT_OF[key]}</Account><Arn>arn:aws:iam::${ACCOUNT_OF[key]}:user/ops</Arn><UserId>u</UserId>`;
    response
      .writeHead(200, { "content-type": "text/xml" })
      .end(
        `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
  });
  const port = await listenOnFreePort(server);
  const profile = (name: string, key: string) =>
    `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = secret\n`;
  await writeFile(join(folder, "credentials"), profile("owner", "AKIAOWNER") + profile("sally", "AKIASALLY"));
  await writeFile(join(folder, "config"), "[profile owner]\nregion = eu-west-1\n");
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    AWS_CONFIG_FILE: join(folder, "config"),
  });
});
beforeEach(() => signers.clear());
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, before);
  await closeServer(server);
  await rm(folder, { recursive: true });
});

/** Makes one call through each door; what comes of it is no matter here. */
async function knock(request: Parameters<typeof openClients>[0]) {
  const clients = await openClients({ ...request, table: "sallyport", rate: 1000 });
  const address = clients.addressOf("a1b2c3");
  await Promise.allSettled([
    clients.open("a1b2c3").then((control) => control.read()),
    clients
      .permissionOf("arn:aws:lambda:us-east-2:444455556666:function:authorizer")
      .find("sallyport-a1b2c3"),
    clients.store?.load(address),
  ]);
  return { address, signers: Object.fromEntries(signers) };
}

describe("openClients", () => {
  test("reaches the API by one profile, the function's policy and the table by the other, each where it is", async () => {
    const request = { profile: "owner", sallyportProfile: "sally", sallyportRegion: "eu-central-1" };
    expect(await knock(request)).toEqual({
      address: { accountId: "111122223333", region: "eu-west-1", apiId: "a1b2c3" },
      signers: {
        sts: "AKIAOWNER in eu-west-1",
        apigateway: "AKIAOWNER in eu-west-1",
        lambda: "AKIASALLY in us-east-2",
        dynamodb: "AKIASALLY in eu-central-1",
      },
    });
  });

  test("uses the one profile for all, where no other is given", async () => {
    expect((await knock({ profile: "owner" })).signers).toEqual({
      sts: "AKIAOWNER in eu-west-1",
      apigateway: "AKIAOWNER in eu-west-1",
      lambda: "AKIAOWNER in us-east-2",
      dynamodb: "AKIAOWNER in eu-west-1",
    });
  });

  test("says what to do about a profile that does not exist", async () => {
    await expect(openClients({ profile: "nobody", region: "eu-west-1" })).rejects.toMatchObject({
      name: "ControlError",
    });
  });
});
