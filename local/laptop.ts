import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRestrict, createTableClient } from "../aws/dynamodb/access-writer.ts";
import { createReadRiskState } from "../aws/dynamodb/risk-table.ts";
import type { Restrict } from "../domain/response/restrict.ts";
import type { ReadRiskState } from "../domain/risk/risk-state.ts";
import { type Gateway, startGateway } from "./api-gateway/data/gateway.ts";
import { bootStack, type LocalStack } from "./boot.ts";
import { synthesize } from "./cloudformation/synthesize.ts";
import { createLocalCertificates, type LocalCertificates } from "./issuer/certificates.ts";
import { type Issuer, startIssuer } from "./issuer/issuer.ts";
import type { OnLog } from "./lambda/execution-environment.ts";
import { noonZone } from "./noon-zone.ts";
import { checkTlsPorts, reserveTlsPorts, type TlsPorts } from "./tls-ports.ts";

/** Everything that `cdk deploy` would deploy, and an OpenID provider, on this machine. */
export interface Laptop {
  readonly issuer: Issuer;
  readonly stack: LocalStack;
  readonly gateway: Gateway;
  readonly timeZone: string;
  /**
   * PEM file of the authority that signs the provider's and the gateway's certificate, and its text
   */
  readonly caFile: string;
  readonly ca: string;
  /** Makes a client certificate that the gateway accepts */
  readonly issueClientCertificate: LocalCertificates["issueClientCertificate"];
  readonly readRiskState: ReadRiskState;
  readonly restrict: Restrict;
  /** Ends every process and listener and removes the folder; may be called again */
  readonly close: () => Promise<void>;
}

export interface LaptopOptions {
  /** Called with a short text at each stage of the start */
  readonly onProgress?: (doing: string) => void;
  readonly onLog?: OnLog;
  /** Aborts the start */
  readonly signal?: AbortSignal;
}

/**
 * The acr value that a step-up requires; any value works because issuer and authorizer are both
 * local.
 */
const MFA_CONTEXT = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
const AUDIENCE = "https://api.sallyport.example";
const REGION = "eu-central-1";

/**
 * Starts the laptop: certificates, OpenID provider, synthesis of the app with a configuration for
 * them, the stack, the APIs. Everything listens on 127.0.0.1. Rejects with the first error;
 * everything started by then has stopped.
 */
export async function startLaptop(options: LaptopOptions = {}): Promise<Laptop> {
  const started: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of started.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await startParts(options, started)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  { onProgress = () => undefined, onLog, signal }: LaptopOptions,
  started: (() => Promise<void>)[],
): Promise<Omit<Laptop, "close">> {
  const began = <T extends { readonly close: () => Promise<void> }>(part: T): T => {
    started.push(part.close);
    // Between two parts, a start can be aborted without leaving a half-started part.
    signal?.throwIfAborted();
    return part;
  };
  const folder = await mkdtemp(join(tmpdir(), "sallyport-"));
  started.push(() => rm(folder, { recursive: true, force: true }));
  onProgress("starting an OpenID provider");
  const certificates = await createLocalCertificates(join(folder, "certificates"));
  const issuer = began(await startIssuer({ certificates, audience: AUDIENCE }));
  const tls = began(await reserveTlsPorts());
  const timeZone = noonZone(Date.now());
  const configurationFile = join(folder, "sallyport.json");
  await writeFile(configurationFile, JSON.stringify(configurationFor(issuer, tls, timeZone), undefined, 2));
  onProgress("synthesizing the CDK app");
  await synthesize(configurationFile, join(folder, "cdk.out"), signal);
  onProgress("booting the stacks from their templates");
  const stack = began(
    await bootStack({
      assemblyDir: join(folder, "cdk.out"),
      region: REGION,
      environment: { NODE_EXTRA_CA_CERTS: certificates.caFile },
      ...(onLog !== undefined && { onLog }),
    }),
  );
  await tls.close();
  const gateway = began(
    await startGateway({
      template: stack.template,
      invoke: stack.functions.invoke,
      configurations: stack.configurations,
      mayInvoke: stack.control.mayInvoke,
      tls: { ...certificates, ports: tls.tlsPorts },
    }),
  );
  checkTlsPorts(gateway, tls);
  const { caFile, ca, issueClientCertificate } = certificates;
  return { issuer, stack, gateway, timeZone, caFile, ca, issueClientCertificate, ...openTable(stack) };
}

/** The deployment's configuration; every other setting has its default. */
function configurationFor(issuer: Issuer, { publicOrigins }: TlsPorts, timeZone: string) {
  return {
    issuers: [{ preset: "oidc", issuer: issuer.url, jwksUri: issuer.jwksUri, audience: [issuer.audience] }],
    timeZone,
    publicOrigins,
    geo: { source: "database" },
    acrValues: { mfa: [MFA_CONTEXT] },
    demo: true,
  };
}

function openTable({ template, tables }: LocalStack): Pick<Laptop, "readRiskState" | "restrict"> {
  const [table] = template.ofType("AWS::DynamoDB::GlobalTable");
  if (table === undefined) throw new Error("The template has no risk table");
  const client = createTableClient({
    endpoint: tables.endpoint,
    region: REGION,
    // dynalite requires a signature but does not verify it.
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const name = template.physicalId(table);
  return { readRiskState: createReadRiskState(client, name), restrict: createRestrict(client, name) };
}
