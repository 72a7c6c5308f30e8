import fc from "fast-check";
import { localTime } from "../../domain/time.ts";
import { noonZone } from "../../local/noon-zone.ts";

it("is a zone in which it is past twelve, whatever the moment", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
      expect(localTime(now, noonZone(now)).hour).toBe(12);
    }),
  );
});
