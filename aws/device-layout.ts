import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { DevicePosture } from "../domain/evidence/device-posture.ts";
import type { DeviceKey, RegisteredDevice } from "../domain/evidence/registered-device.ts";

type Item = Readonly<Record<string, AttributeValue>>;

/** What tells that a device's ACCESS item holds a registration, and no restriction alone. */
const REGISTRATION = ["ownerIssuer", "ownerSubject", "keys", "enrolledAt", "retiredAt", "posture"] as const;

/**
 * Reads the registration out of a device's ACCESS item; undefined if it only holds restrictions.
 * @throws {Error} if any part of it cannot be read: half a registration could lack just the retirement
 */
export function readDevice(item: Item): RegisteredDevice | undefined {
  if (!REGISTRATION.some((name) => item[name] !== undefined)) return undefined;
  const retiredAt = item.retiredAt === undefined ? undefined : moment(item, "retiredAt");
  return {
    owner: { issuer: text(item, "ownerIssuer"), subject: text(item, "ownerSubject") },
    keys: item.keys === undefined ? [] : words(item, "keys").map(readKey),
    enrolledAt: moment(item, "enrolledAt"),
    ...(retiredAt !== undefined && { retiredAt }),
    ...(item.posture !== undefined && { posture: readPosture(item.posture) }),
  };
}

/**
 * Whether a key's KEY item says that the key is retired.
 * @throws {Error} if there is one that does not say since when: it is there for nothing else
 */
export function isRetirement(item: Item | undefined): boolean {
  if (item === undefined) return false;
  moment(item, "retiredAt");
  return true;
}

/** `dpop:<thumbprint>` or `mtls:<thumbprint>`, elements of a string set */
export const writeKey = ({ method, thumbprint }: DeviceKey): string => `${method}:${thumbprint}`;

export function writePosture({ source, compliant, assessedAt, details }: DevicePosture): AttributeValue {
  return {
    M: {
      source: { S: source },
      compliant: { BOOL: compliant },
      assessedAt: { N: String(assessedAt) },
      // DynamoDB has no empty sets.
      ...(details.length > 0 && { details: { SS: [...new Set(details)] } }),
    },
  };
}

function readKey(word: string): DeviceKey {
  const [, method, thumbprint] = /^(dpop|mtls):([\w-]{43})$/.exec(word) ?? [];
  if (method === undefined || thumbprint === undefined) throw new Error("a key of the device is unreadable");
  return { method: method as DeviceKey["method"], thumbprint };
}

function readPosture(attribute: AttributeValue): DevicePosture {
  const item = attribute.M;
  const compliant = item?.compliant?.BOOL;
  if (item === undefined || compliant === undefined) throw new Error("the device's posture is unreadable");
  return {
    source: text(item, "source"),
    compliant,
    assessedAt: moment(item, "assessedAt"),
    details: item.details === undefined ? [] : words(item, "details"),
  };
}

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined || value === "") throw new Error(`attribute ${name} is missing or no text`);
  return value;
}

function words(item: Item, name: string): readonly string[] {
  const value = item[name]?.SS;
  if (value === undefined) throw new Error(`attribute ${name} is no set of texts`);
  return value;
}

function moment(item: Item, name: string): number {
  const value = item[name]?.N;
  // Number("") is 0.
  if (value === undefined || !/^\d{1,12}$/.test(value))
    throw new Error(`attribute ${name} is missing or no moment`);
  return Number(value);
}
