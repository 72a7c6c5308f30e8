/** Packs numbers and texts into bytes, big-endian. */
export interface ByteWriter {
  readonly unsigned: (bytes: 1 | 2 | 3 | 4 | 6, value: number) => void;
  readonly signed16: (value: number) => void;
  readonly text: (value: string) => void;
  readonly bytes: () => Uint8Array;
}

/** Reads what a `ByteWriter` wrote, in the same order; throws a RangeError past the end. */
export interface ByteReader {
  readonly unsigned: (bytes: 1 | 2 | 3 | 4 | 6) => number;
  readonly signed16: () => number;
  readonly text: () => string;
  readonly isAtEnd: () => boolean;
}

// Texts are ids and parts of digests, mostly 22 or 8 characters of base64url: as bytes they need a
// quarter less.
const BASE64URL = 0x80;

export function createByteWriter(): ByteWriter {
  const parts: Buffer[] = [];
  const number = (bytes: number, write: (buffer: Buffer) => void) => {
    const buffer = Buffer.alloc(bytes);
    write(buffer);
    parts.push(buffer);
  };
  const unsigned: ByteWriter["unsigned"] = (bytes, value) =>
    number(bytes, (buffer) => buffer.writeUIntBE(value, 0, bytes));
  return {
    unsigned,
    signed16: (value) => number(2, (buffer) => buffer.writeInt16BE(value)),
    text: (value) => {
      const packed = Buffer.from(value, "base64url");
      // Pack only what decodes to the same text: base64 has several spellings for the same bytes.
      const isPacked = packed.toString("base64url") === value;
      const content = isPacked ? packed : Buffer.from(value, "utf8");
      if (content.length >= BASE64URL) throw new RangeError("text is too long for a byte record");
      unsigned(1, content.length | (isPacked ? BASE64URL : 0));
      parts.push(content);
    },
    bytes: () => Uint8Array.from(Buffer.concat(parts)),
  };
}

export function createByteReader(record: Uint8Array): ByteReader {
  const buffer = Buffer.from(record);
  let position = 0;
  const take = (bytes: number): Buffer => {
    if (position + bytes > buffer.length) throw new RangeError("byte record ends too early");
    position += bytes;
    return buffer.subarray(position - bytes, position);
  };
  return {
    unsigned: (bytes) => take(bytes).readUIntBE(0, bytes),
    signed16: () => take(2).readInt16BE(),
    text: () => {
      const [header = 0] = take(1);
      const content = take(header & ~BASE64URL);
      return content.toString(header & BASE64URL ? "base64url" : "utf8");
    },
    isAtEnd: () => position === buffer.length,
  };
}
