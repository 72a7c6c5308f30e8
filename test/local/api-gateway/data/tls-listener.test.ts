import { X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  type ClientCertificate,
  createLocalCertificates,
  type LocalCertificates,
} from "../../../../local/issuer/certificates.ts";
import {
  boot,
  closeAll,
  guarded,
  guardedRoute,
  httpApi,
  httpAuthorizer,
  httpRoute,
  policy,
  restApi,
  restAuthorizer,
  restMethod,
} from "../../../support/api-gateway/gateway-template.ts";

let folder: string;
let certificates: LocalCertificates;
let own: ClientCertificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-tls-"));
  certificates = await createLocalCertificates(join(folder, "ours"));
  own = await certificates.issueClientCertificate("billing-job");
});
afterEach(closeAll);
afterAll(() => rm(folder, { recursive: true }));

async function bootBoth(payloadFormat: "1.0" | "2.0" = "2.0") {
  const simple = payloadFormat === "2.0";
  const booted = await boot(
    [
      ...restApi(),
      restAuthorizer(),
      ...restMethod("/", "GET", guarded),
      ...httpApi(),
      httpAuthorizer({
        AuthorizerPayloadFormatVersion: payloadFormat,
        ...(!simple && { EnableSimpleResponses: false }),
      }),
      ...httpRoute("$default", guardedRoute, { PayloadFormatVersion: payloadFormat }),
    ],
    {
      authorizer: ({ version, methodArn }) =>
        version === "2.0" ? { isAuthorized: true } : policy("Allow", methodArn),
    },
    Date.now,
    { tls: certificates },
  );
  const [rest, http] = booted.gateway.apis.map(({ tlsUrl }) => tlsUrl ?? "");
  return { ...booted, rest: rest ?? "", http: http ?? "" };
}

function get(url: string, client: Partial<ClientCertificate> = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(url, { ca: certificates.ca, ...client, agent: false }, (response) =>
      resolve(text(response).then((body) => ({ status: response.statusCode ?? 0, body }))),
    );
    sent.on("error", reject).end();
  });
}

test("each API has a second listener that speaks TLS", async () => {
  const { gateway, rest, http } = await bootBoth();
  expect(rest).toMatch(/^https:\/\/localhost:\d+\/prod$/);
  expect(http).toMatch(/^https:\/\/localhost:\d+$/);
  expect((await get(rest)).status).toBe(200);
  expect((await get(http)).status).toBe(200);
  expect((await fetch(gateway.apis[0]?.url ?? "")).status).toBe(200);
});

test("a client's certificate is in the events where API Gateway puts it", async () => {
  const { rest, http, events } = await bootBoth();
  await get(rest, own);
  await get(http, own);
  const leaf = new X509Certificate(own.cert);
  const fields = {
    clientCertPem: expect.stringMatching(
      /^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n$/,
    ),
    subjectDN: "CN=billing-job",
    issuerDN: "CN=Sallyport local authority",
    serialNumber: leaf.serialNumber.toLowerCase().match(/../g)?.join(":"),
    validity: {
      notBefore: expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d \d{4} GMT$/),
      notAfter: expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d \d{4} GMT$/),
    },
  };
  for (const seen of [events.authorizer, events.backend]) {
    const [restEvent, httpEvent] = seen;
    expect(restEvent.requestContext.identity.clientCert).toEqual(fields);
    expect(httpEvent.requestContext.authentication.clientCert).toEqual(fields);
    const { clientCertPem } = httpEvent.requestContext.authentication.clientCert;
    expect(new X509Certificate(clientCertPem).fingerprint256).toBe(leaf.fingerprint256);
  }
});

test("format 1.0 has it where REST APIs have it", async () => {
  const { http, events } = await bootBoth("1.0");
  expect((await get(http, own)).status).toBe(200);
  expect(events.authorizer[0].requestContext.identity.clientCert.subjectDN).toBe("CN=billing-job");
});

test("without a certificate no event speaks of one, nor over plain HTTP", async () => {
  const { gateway, rest, http, events } = await bootBoth();
  await get(rest);
  await get(http);
  for (const { url } of gateway.apis) await fetch(url);
  expect(events.authorizer).toHaveLength(4);
  expect(JSON.stringify(events)).not.toMatch(/clientCert|"authentication"/);
});

test("a certificate of another authority is answered with 403, and no function is asked", async () => {
  const other = await createLocalCertificates(join(folder, "theirs"));
  const foreign = await other.issueClientCertificate("billing-job");
  const { rest, http, events } = await bootBoth();
  for (const url of [rest, http]) {
    expect(await get(url, foreign)).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
  }
  expect(events).toEqual({ authorizer: [], backend: [] });
});

test("a header that looks like a certificate is a header", async () => {
  const { gateway, events } = await bootBoth();
  await fetch(gateway.apis[0]?.url ?? "", {
    headers: { "x-amzn-client-cert": "forged", clientCert: "forged" },
  });
  expect(events.authorizer[0].requestContext.identity).not.toHaveProperty("clientCert");
});
