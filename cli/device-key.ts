import { createPublicKey, type JsonWebKeyInput } from "node:crypto";
import type { DeviceRegistry } from "../domain/evidence/device-registry.ts";
import { type DeviceKey, deviceIdOfKey } from "../domain/evidence/registered-device.ts";
import { jwkThumbprint } from "../verification/jws/thumbprint.ts";
import { certificateThumbprint } from "../verification/proof/client-certificate.ts";
import { InputError, readInput, readJsonInput } from "./command.ts";

const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** Files that hold the keys of a device. */
export interface KeyFiles {
  readonly jwk?: readonly string[];
  readonly certificate?: readonly string[];
}

/**
 * Reads the keys by their thumbprints; any trouble is an InputError that names the file. No key
 * itself is kept.
 */
export async function readDeviceKeys({
  jwk = [],
  certificate = [],
}: KeyFiles): Promise<readonly DeviceKey[]> {
  const keys = await Promise.all([...jwk.map(readJwk), ...certificate.map(readCertificate)]);
  const unique = new Map(keys.map((key) => [`${key.method}:${key.thumbprint}`, key]));
  return [...unique.values()];
}

/** Rejects a retired key for the operator's sake; the authorizer would not trust it anyway. */
export async function assertNotRetired({ read }: DeviceRegistry, keys: readonly DeviceKey[]): Promise<void> {
  for (const { thumbprint } of keys) {
    const { retiredKeys = [] } = await read(deviceIdOfKey(thumbprint));
    if (retiredKeys.includes(thumbprint))
      throw new InputError(
        `Nothing was written: the key ${thumbprint} is retired permanently.`,
        "Generate a new key on the device.",
      );
  }
}

/** RFC 7638, as `cnf.jkt` of a token has it (RFC 9449 §6.1). */
async function readJwk(file: string): Promise<DeviceKey> {
  const jwk = await readJsonInput(file, "--jwk");
  const keyFileError = (why: string) =>
    new InputError(`--jwk: ${file} ${why}.`, "Pass the public key of the device as one JWK (RFC 7517).");
  if (typeof jwk !== "object" || jwk === null) throw keyFileError("is not a JWK");
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
    throw keyFileError("contains a private key, which must never leave the device");
  const thumbprint = thumbprintOf(jwk);
  if (thumbprint === undefined) throw keyFileError("is not a public key of a supported signature algorithm");
  return { method: "dpop", thumbprint };
}

function thumbprintOf(jwk: object): string | undefined {
  try {
    // Node's own form of the key, so that another spelling of the same numbers has the same
    // thumbprint.
    const key = createPublicKey({ key: jwk, format: "jwk" } as JsonWebKeyInput);
    return jwkThumbprint({ ...key.export({ format: "jwk" }) });
  } catch {
    return undefined;
  }
}

/** SHA-256 of the DER, as `cnf.x5t#S256` of a token has it (RFC 8705 §3.1). */
async function readCertificate(file: string): Promise<DeviceKey> {
  const thumbprint = certificateThumbprint(await readInput(file, "--certificate"));
  if (thumbprint === undefined) {
    throw new InputError(
      `--certificate: ${file} does not start with a PEM certificate.`,
      "Pass the device's certificate in PEM with no text before it; in a chain, only the first one is used.",
    );
  }
  return { method: "mtls", thumbprint };
}
