import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { DevicePosture } from "../../domain/evidence/device-posture.ts";
import type { DeviceKey, RegisteredDevice } from "../../domain/evidence/registered-device.ts";
import { checkLayout, type Item, moment, text, words } from "./stored-item.ts";

/**
 * Attributes of a registration. 0.1.0 wrote them into the device's ACCESS item, beside
 * restrictions.
 */
export const REGISTRATION_ATTRIBUTES = [
  "ownerIssuer",
  "ownerSubject",
  "keys",
  "enrolledAt",
  "retiredAt",
  "posture",
] as const;

/**
 * Reads a device's registration from its REGISTRATION item and from the ACCESS item that 0.1.0
 * wrote. If both have one, the REGISTRATION item counts, and a retirement in either.
 * @throws {Error} if any part cannot be read: a partial registration could lack the retirement
 */
export function readRegistration(
  item: Item | undefined,
  before: Item | undefined,
): RegisteredDevice | undefined {
  const held = item && readDevice("registration", item);
  const old = before && readDevice("access", before);
  if (held === undefined || old === undefined) return held ?? old;
  const retiredAt = held.retiredAt ?? old.retiredAt;
  return { ...held, ...(retiredAt !== undefined && { retiredAt }) };
}

/**
 * Reads the registration in one item; undefined for an ACCESS item without one.
 * @throws {Error} if any part cannot be read
 */
export function readDevice(kind: "registration" | "access", item: Item): RegisteredDevice | undefined {
  const isThere = REGISTRATION_ATTRIBUTES.some((name) => item[name] !== undefined);
  if (kind === "access" && !isThere) return undefined;
  checkLayout(kind, item);
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
 * Whether the KEY item of a key says that the key is retired.
 * @throws {Error} if the item cannot be read: retirement is its only purpose
 */
export function isRetirement(item: Item | undefined): boolean {
  if (item === undefined) return false;
  checkLayout("key", item);
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
