import type { FactorDefinition } from "../../domain/risk/factor.ts";
import { FACTORS } from "../../domain/risk/factor-pack.ts";
import type { PartLayout } from "../../domain/risk/part-layout.ts";
import type { Profile, ProfileParts } from "../../domain/risk/profile.ts";
import { completePoints, type FactorPoints } from "../../domain/risk/risk-state.ts";
import { type ByteReader, type ByteWriter, createByteReader, createByteWriter } from "./byte-record.ts";

type PackedParts = Readonly<Record<string, Uint8Array>>;

/**
 * Packs what the factors remember, each part under its factor's key, and those that this version
 * does not know as they came. As numbers, strings and lists of DynamoDB the parts would fill the
 * kilobyte that one write unit covers; packed they take about half of it.
 */
export function packParts({ parts, unknownParts }: Profile): PackedParts {
  const packed = FACTORS.flatMap(({ name, key, layout }) => {
    const part = parts[name];
    return part === undefined ? [] : [[key, packPart(layout, part)] as const];
  });
  return { ...unknownParts, ...Object.fromEntries(packed) };
}

/** Unpacks what `packParts` packed. Throws for a part of too few or too many bytes. */
export function unpackParts(stored: PackedParts): Pick<Profile, "parts" | "unknownParts"> {
  const byKey = new Map<string, FactorDefinition>(FACTORS.map((factor) => [factor.key, factor]));
  const parts: Record<string, unknown> = {};
  const unknownParts: Record<string, Uint8Array> = {};
  for (const [key, bytes] of Object.entries(stored)) {
    const factor = byKey.get(key);
    if (factor === undefined) unknownParts[key] = bytes;
    else parts[factor.name] = unpackPart(factor.layout, bytes, factor.name);
  }
  return {
    parts: parts as ProfileParts,
    ...(Object.keys(unknownParts).length > 0 && { unknownParts }),
  };
}

/**
 * Points by the keys of their factors, without factors of no points; a factor that is not known
 * keeps its name.
 */
export const pointsByKey = (factors: FactorPoints): Readonly<Record<string, number>> =>
  rename(factors, (name) => FACTORS.find((factor) => factor.name === name)?.key);

/** Points as `pointsByKey` was given them. */
export const pointsByName = (stored: Readonly<Record<string, number>>): FactorPoints =>
  completePoints(rename(stored, (key) => FACTORS.find((factor) => factor.key === key)?.name));

function rename(
  points: Readonly<Record<string, number>>,
  to: (name: string) => string | undefined,
): Readonly<Record<string, number>> {
  const held = Object.entries(points).filter(([, value]) => value !== 0);
  return Object.fromEntries(held.map(([name, value]) => [to(name) ?? name, value]));
}

function packPart(layout: PartLayout, part: unknown): Uint8Array {
  const to = createByteWriter();
  write(to, layout, part);
  return to.bytes();
}

/** @param name of what the bytes hold, for errors */
export function unpackPart(layout: PartLayout, bytes: Uint8Array, name: string): unknown {
  const from = createByteReader(bytes);
  const part = read(from, layout);
  if (!from.isAtEnd()) throw new RangeError(`${name} holds more bytes than it should`);
  return part;
}

function write(to: ByteWriter, layout: PartLayout, value: unknown): void {
  switch (layout.kind) {
    case "seconds":
      to.unsigned(4, value as number);
      break;
    case "whole":
      to.unsigned(layout.bytes, value as number);
      break;
    case "degrees":
      to.signed16(Math.round((value as number) * 100));
      break;
    case "text":
      to.text(value as string);
      break;
    case "optional":
      to.unsigned(1, value === undefined ? 0 : 1);
      if (value !== undefined) write(to, layout.of, value);
      break;
    case "list": {
      const entries = value as readonly unknown[];
      to.unsigned(2, entries.length);
      for (const entry of entries) write(to, layout.of, entry);
      break;
    }
    case "record":
      for (const [field, of] of Object.entries(layout.fields)) {
        write(to, of, (value as Readonly<Record<string, unknown>>)[field]);
      }
  }
}

function read(from: ByteReader, layout: PartLayout): unknown {
  switch (layout.kind) {
    case "seconds":
      return from.unsigned(4);
    case "whole":
      return from.unsigned(layout.bytes);
    case "degrees":
      return from.signed16() / 100;
    case "text":
      return from.text();
    case "optional":
      return from.unsigned(1) === 0 ? undefined : read(from, layout.of);
    case "list":
      return Array.from({ length: from.unsigned(2) }, () => read(from, layout.of));
    case "record": {
      const fields = Object.entries(layout.fields).map(([field, of]) => [field, read(from, of)] as const);
      return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
    }
  }
}
