import { localTime } from "../../domain/time.ts";

describe("localTime", () => {
  test.each([
    ["2026-06-15T21:59:59Z", "UTC", { hour: 21, minute: 59, dayOfWeek: 1 }],
    ["2026-06-15T22:30:00Z", "Europe/Berlin", { hour: 0, minute: 30, dayOfWeek: 2 }],
    // The hour that daylight saving time leaves out, and the one it repeats.
    ["2026-03-29T01:00:00Z", "Europe/Berlin", { hour: 3, minute: 0, dayOfWeek: 7 }],
    ["2026-10-25T00:30:00Z", "Europe/Berlin", { hour: 2, minute: 30, dayOfWeek: 7 }],
    ["2026-10-25T01:30:00Z", "Europe/Berlin", { hour: 2, minute: 30, dayOfWeek: 7 }],
    ["2026-06-14T18:45:00Z", "Asia/Kathmandu", { hour: 0, minute: 30, dayOfWeek: 1 }],
  ])("%s in %s", (at, zone, expected) => {
    expect(localTime(Date.parse(at), zone)).toEqual(expected);
  });

  test("reads each zone and each minute anew, in whatever order they are asked for", () => {
    const noon = Date.parse("2026-06-15T12:00:59.999Z");
    const read = (at: number, zone: string) => Object.values(localTime(at, zone)).join(" ");
    expect(read(noon, "UTC")).toBe("12 0 1");
    expect(read(noon, "Asia/Kathmandu")).toBe("17 45 1");
    expect(read(noon + 1, "UTC")).toBe("12 1 1");
    expect(read(noon, "UTC")).toBe("12 0 1");
    expect(read(noon + 1, "Asia/Kathmandu")).toBe("17 46 1");
  });

  test("throws for a zone that does not exist", () => {
    expect(() => localTime(0, "Europe/Atlantis")).toThrow(RangeError);
  });
});
