import type { Moment, Profile } from "../domain/risk/profile.ts";
import type { Stay, Travel } from "../domain/risk/stays.ts";
import { type ByteReader, type ByteWriter, createByteReader, createByteWriter } from "./byte-record.ts";

/**
 * Packs the parts of a profile, all but its episode, into bytes. As numbers, strings and lists of DynamoDB they would fill
 * the kilobyte that one write unit covers; packed they take about half of it. A change of this layout is a change of
 * ITEM_VERSION.
 *
 * Times are whole seconds up to the year 2106, places hundredths of a degree.
 */
export function packProfile(profile: Profile): Uint8Array {
  const to = createByteWriter();
  to.unsigned(4, profile.at);
  writeList(to, profile.failures, ({ at, mark }) => {
    to.unsigned(4, at);
    to.text(mark);
  });
  writeList(to, profile.agents, ({ fingerprint, first, last }) => {
    to.text(fingerprint);
    to.unsigned(4, first);
    to.unsigned(4, last);
  });
  for (const name of MOMENTS) writeOptional(to, profile[name], (moment) => writeMoment(to, moment));
  writeList(to, profile.itinerary.stays, (stay) => writeStay(to, stay));
  writeOptional(to, profile.itinerary.settled, (travel) => writeTravel(to, travel));
  return to.bytes();
}

/** Unpacks what `packProfile` packed. Throws for bytes that are too short or too long. */
export function unpackProfile(record: Uint8Array): Omit<Profile, "episode"> {
  const from = createByteReader(record);
  const at = from.unsigned(4);
  const failures = readList(from, () => ({ at: from.unsigned(4), mark: from.text() }));
  const agents = readList(from, () => ({
    fingerprint: from.text(),
    first: from.unsigned(4),
    last: from.unsigned(4),
  }));
  const moments = MOMENTS.map((name) => [name, readOptional(from, () => readMoment(from))] as const);
  const stays = readList(from, () => readStay(from));
  const settled = readOptional(from, () => readTravel(from));
  if (!from.isAtEnd()) throw new RangeError("profile holds more bytes than it should");
  return {
    at,
    failures,
    agents,
    ...Object.fromEntries(moments.filter(([, moment]) => moment !== undefined)),
    itinerary: { stays, ...(settled !== undefined && { settled }) },
  };
}

const MOMENTS = ["lastFailure", "newAgent", "unusual", "sensitive"] as const;

function writeList<Entry>(to: ByteWriter, entries: readonly Entry[], write: (entry: Entry) => void): void {
  to.unsigned(2, entries.length);
  entries.forEach(write);
}

function readList<Entry>(from: ByteReader, read: () => Entry): Entry[] {
  return Array.from({ length: from.unsigned(2) }, read);
}

function writeOptional<Value>(to: ByteWriter, value: Value | undefined, write: (value: Value) => void): void {
  to.unsigned(1, value === undefined ? 0 : 1);
  if (value !== undefined) write(value);
}

function readOptional<Value>(from: ByteReader, read: () => Value): Value | undefined {
  return from.unsigned(1) === 0 ? undefined : read();
}

function writeMoment(to: ByteWriter, { at, event }: Moment): void {
  to.unsigned(4, at);
  to.text(event);
}

const readMoment = (from: ByteReader): Moment => ({ at: from.unsigned(4), event: from.text() });

function writeStay(to: ByteWriter, { latitude, longitude, first, last, event }: Stay): void {
  to.signed16(Math.round(latitude * 100));
  to.signed16(Math.round(longitude * 100));
  to.unsigned(4, first);
  to.unsigned(4, last);
  to.text(event);
}

const readStay = (from: ByteReader): Stay => ({
  latitude: from.signed16() / 100,
  longitude: from.signed16() / 100,
  first: from.unsigned(4),
  last: from.unsigned(4),
  event: from.text(),
});

function writeTravel(to: ByteWriter, travel: Travel): void {
  to.unsigned(4, travel.at);
  to.text(travel.from);
  to.text(travel.to);
  to.unsigned(2, travel.kilometres);
  to.unsigned(4, travel.seconds);
}

const readTravel = (from: ByteReader): Travel => ({
  at: from.unsigned(4),
  from: from.text(),
  to: from.text(),
  kilometres: from.unsigned(2),
  seconds: from.unsigned(4),
});
