import type { BusEvent, NewEvent } from "./bus-event.ts";

export interface PutEventsPort {
  readonly names: ReadonlySet<string>;
  readonly publish: (busName: string, event: NewEvent) => BusEvent;
}

interface Answered {
  readonly status: number;
  readonly output: unknown;
}

type Entry = Readonly<Record<string, unknown>>;
type EntryResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** Bytes of all entries together */
export const LARGEST_REQUEST = 10 * 1024 * 1024;
/** Bytes of one entry: source, detail type, detail, resources, and 14 for a time */
const LARGEST_ENTRY = 1024 * 1024;
const MOST_ENTRIES = 10;

/**
 * Answers one request in EventBridge's JSON 1.1 protocol. PutEvents is the only action.
 *
 * Accepts or refuses each entry by itself, as AWS does. It is stricter in one point: AWS reports
 * success for an entry whose bus does not exist and drops it; here that entry fails, because it can
 * only be a mistake.
 * @param body undefined if it was too large to read
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function answerPutEvents(target: string, body: string | undefined, port: PutEventsPort): Answered {
  if (target !== "AWSEvents.PutEvents") {
    return errorAnswer("UnknownOperationException", `${target} is not served on the laptop`);
  }
  const entries = readEntries(body);
  if (entries === undefined)
    return errorAnswer("SerializationException", "The body is not a list of entries");
  if (entries.length === 0 || entries.length > MOST_ENTRIES) {
    const problem = `Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MOST_ENTRIES}`;
    return errorAnswer("ValidationException", `1 validation error detected: ${problem}`);
  }
  const results = entries.map((entry) => putOne(entry, port));
  const failed = results.filter((result) => "ErrorCode" in result).length;
  return { status: 200, output: { FailedEntryCount: failed, Entries: results } };
}

function putOne(entry: Entry, { names, publish }: PutEventsPort): EntryResult {
  for (const name of ["Source", "DetailType", "Detail"]) {
    if (typeof entry[name] !== "string" || entry[name] === "") {
      return invalid(`Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
    }
  }
  const [source, detailType, text] = [String(entry.Source), String(entry.DetailType), String(entry.Detail)];
  const bus =
    String(entry.EventBusName ?? "default")
      .split("/")
      .at(-1) ?? "";
  const resources = Array.isArray(entry.Resources) ? entry.Resources.map(String) : [];
  if (source.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  if (detailType.length > 128)
    return invalid("Parameter DetailType is not valid. Reason: it has over 128 characters.");
  const size = [source, detailType, text, ...resources].reduce(
    (sum, part) => sum + Buffer.byteLength(part),
    14,
  );
  if (size > LARGEST_ENTRY) return invalid(`The entry has ${size} bytes, of ${LARGEST_ENTRY} allowed.`);
  const detail = readObject(text);
  if (detail === undefined || !canBeSent(detail))
    return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const time = readTime(entry.Time);
  if (time === null) return invalid("Parameter Time is not valid.");
  if (!names.has(bus))
    return { ErrorCode: "ResourceNotFoundException", ErrorMessage: `Event bus ${bus} does not exist.` };
  const event = publish(bus, {
    source,
    "detail-type": detailType,
    detail,
    resources,
    ...(time !== undefined && { time }),
  });
  return { EventId: event.id };
}

/** The protocol sends epoch seconds. Undefined: no time; null: not a valid time. */
function readTime(value: unknown): string | undefined | null {
  if (value === undefined || value === null) return undefined;
  const time = new Date(typeof value === "number" ? value * 1000 : String(value));
  return Number.isNaN(time.getTime()) ? null : `${time.toISOString().slice(0, 19)}Z`;
}

function readEntries(body: string | undefined): readonly Entry[] | undefined {
  const entries = readObject(body ?? "")?.Entries;
  const whole =
    Array.isArray(entries) && entries.every((entry) => typeof entry === "object" && entry !== null);
  return whole ? (entries as readonly Entry[]) : undefined;
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** JSON that is nested too deep can be read here, but written to no target. */
function canBeSent(detail: object): boolean {
  try {
    JSON.stringify(detail);
    return true;
  } catch {
    return false;
  }
}

const invalid = (ErrorMessage: string): EntryResult => ({ ErrorCode: "InvalidArgument", ErrorMessage });

const errorAnswer = (type: string, message: string): Answered => ({
  status: 400,
  output: { __type: type, message },
});
