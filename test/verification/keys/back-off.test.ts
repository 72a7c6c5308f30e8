import { createBackOff } from "../../../verification/keys/back-off.ts";

const backOff = (random: number) => {
  const clock = { now: 1000 };
  return {
    clock,
    ...createBackOff(
      () => clock.now,
      () => random,
    ),
  };
};

describe("createBackOff", () => {
  test("holds nothing back before a failure", () => {
    const { isOver, failures } = backOff(1);
    expect([isOver(), failures()]).toEqual([true, 0]);
  });

  test("holds back for longer with each failure, up to 12.5 seconds", () => {
    const { clock, failed, isOver, failures } = backOff(1);
    const pauses = Array.from({ length: 9 }, () => {
      failed();
      const failedAt = clock.now;
      while (!isOver()) clock.now += 1;
      return clock.now - failedAt;
    });
    expect(pauses.slice(0, 3)).toEqual([250, 500, 1000]);
    expect(Math.max(...pauses)).toBe(12_500);
    expect(pauses.at(-1)).toBe(12_500);
    expect(failures()).toBe(9);
  });

  test("shortens a pause by a fifth at most, as chance has it", () => {
    const { clock, failed, isOver } = backOff(0);
    failed();
    clock.now += 199;
    expect(isOver()).toBe(false);
    clock.now += 1;
    expect(isOver()).toBe(true);
  });

  test("does not make a pause long when the clock was set back", () => {
    const { clock, failed, isOver } = backOff(1);
    failed();
    clock.now -= 249;
    expect(isOver()).toBe(false);
    clock.now -= 1;
    expect(isOver()).toBe(true);
  });

  test("forgets failures at the first success", () => {
    const { failed, succeeded, isOver, failures } = backOff(1);
    failed();
    failed();
    succeeded();
    expect([isOver(), failures()]).toEqual([true, 0]);
    failed();
    expect([isOver(), failures()]).toEqual([false, 1]);
  });
});
