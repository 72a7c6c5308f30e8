import { LAPTOP_HELP, LaptopUsageError, readLaptopOptions } from "../../local/laptop-options.ts";

describe("the laptop's flags", () => {
  it("default to serving", () => {
    const none = { help: false, once: false, json: false, verbose: false, port: undefined };
    expect(readLaptopOptions([])).toEqual(none);
    expect(readLaptopOptions(["--once", "--json"])).toEqual({ ...none, once: true, json: true });
    expect(readLaptopOptions(["--port", "8080", "--verbose"])).toEqual({
      ...none,
      port: 8080,
      verbose: true,
    });
    expect(readLaptopOptions(["-h"]).help).toBe(true);
  });

  it("are refused in plain words when they make no sense", () => {
    const wrong = [
      "--twice",
      "--port=",
      "--port=0",
      "--port=65536",
      "--port=8e3",
      "--port=-1",
      "word",
      "--once=1",
    ];
    for (const argv of [...wrong.map((one) => [one]), ["--port"], ["--once", "--port", "8080"]]) {
      expect(() => readLaptopOptions(argv)).toThrow(LaptopUsageError);
      expect(() => readLaptopOptions(argv)).toThrow(/^[^\n]+\.\nSee npm start -- --help\.$/);
    }
  });

  it("are all in the help", () => {
    for (const flag of ["--once", "--json", "--port", "--verbose", "--help"])
      expect(LAPTOP_HELP).toContain(flag);
  });
});
