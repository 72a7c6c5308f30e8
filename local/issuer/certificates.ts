// x509 reads decorator metadata, so this import comes first.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/**
 * A server certificate for `localhost` and 127.0.0.1, with what is needed to serve and to trust it.
 */
export interface LocalCertificates {
  /** PEM file of the authority, for NODE_EXTRA_CA_CERTS or `curl --cacert` */
  readonly caFile: string;
  /** PEM of the authority */
  readonly ca: string;
  /** PEM (PKCS#8) of the server's private key */
  readonly key: string;
  /** PEM of the server's certificate */
  readonly cert: string;
  /** Makes a client certificate signed by the same authority; kept in memory only */
  readonly issueClientCertificate: (name: string) => Promise<ClientCertificate>;
}

export interface ClientCertificate {
  /** PEM (PKCS#8) */
  readonly key: string;
  /** PEM */
  readonly cert: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const LIFETIME_DAYS = 7;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Makes an authority and a server certificate signed by it (both P-256) and writes the authority's
 * certificate into a folder. Every call makes new keys and certificates, valid for a week. Private
 * keys stay in memory, so a process that is killed leaves none behind.
 */
export async function createLocalCertificates(dir: string): Promise<LocalCertificates> {
  const authorityKeys = await generateKeys();
  const serverKeys = await generateKeys();
  // An hour earlier, so that a container with a slow clock accepts it.
  const notBefore = new Date(Date.now() - 3600 * 1000);
  const notAfter = new Date(notBefore.getTime() + LIFETIME_DAYS * DAY_MS);
  const authority = await X509CertificateGenerator.create({
    subject: "CN=Sallyport local authority",
    issuer: "CN=Sallyport local authority",
    notBefore,
    notAfter,
    publicKey: authorityKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const server = await X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: authority.subject,
    notBefore,
    notAfter,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      new SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  const issueClientCertificate = async (name: string): Promise<ClientCertificate> => {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: [name] }],
      issuer: authority.subject,
      notBefore,
      notAfter,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
        await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      ],
    });
    return { key: await pemOf(keys.privateKey), cert: `${certificate.toString("pem")}\n` };
  };
  const made = {
    caFile: join(dir, "ca.pem"),
    ca: `${authority.toString("pem")}\n`,
    key: await pemOf(serverKeys.privateKey),
    cert: `${server.toString("pem")}\n`,
    issueClientCertificate,
  };
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(made.caFile, made.ca);
  return made;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}
