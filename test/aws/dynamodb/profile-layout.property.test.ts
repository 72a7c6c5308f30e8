import fc from "fast-check";
import { createByteReader, createByteWriter } from "../../../aws/dynamodb/byte-record.ts";
import { packParts, pointsByKey, pointsByName, unpackParts } from "../../../aws/dynamodb/profile-layout.ts";
import { anyCity, assessAll, histories } from "../../support/domain/accesses.ts";

test("whatever history made a profile, it comes out of its bytes as it went in", () => {
  fc.assert(
    fc.property(histories(anyCity), (history) => {
      const { profile, risk } = assessAll(history);
      expect(unpackParts(packParts(profile))).toEqual({ parts: profile.parts });
      expect(pointsByName(pointsByKey(risk.factors))).toEqual(risk.factors);
    }),
    { numRuns: 300 },
  );
});

test("any text of up to 36 characters survives, base64url or not", () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 36 }),
    fc.base64String({ maxLength: 36 }),
    fc.uuid(),
    fc.constant("AB"),
  );
  fc.assert(
    fc.property(fc.array(texts), (list) => {
      const writer = createByteWriter();
      for (const text of list) writer.text(text);
      const reader = createByteReader(writer.bytes());
      expect(list.map(() => reader.text())).toEqual(list);
      expect(reader.isAtEnd()).toBe(true);
    }),
  );
});

test("a text that would not fit is refused, not cut", () => {
  expect(() => createByteWriter().text("ü".repeat(64))).toThrow(RangeError);
});
