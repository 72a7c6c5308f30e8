import fc from "fast-check";
import { createRateLimiter } from "../../../verification/token/rate-limiter.ts";

const rate = { burst: 5, perSecond: 2 };

function limiterWithClock() {
  const clock = { now: 1_000_000 };
  return { clock, limiter: createRateLimiter(() => clock.now, rate) };
}
const takeAll = (limiter: ReturnType<typeof createRateLimiter>) => {
  let taken = 0;
  while (taken < 1000 && limiter.take()) taken += 1;
  return taken;
};

test("lets a burst through, then so many with each second, and never saves up more than the burst", () => {
  const { clock, limiter } = limiterWithClock();
  expect(takeAll(limiter)).toBe(5);
  clock.now += 499;
  expect(takeAll(limiter)).toBe(0);
  clock.now += 1;
  expect(takeAll(limiter)).toBe(1);
  clock.now += 3_600_000;
  expect(takeAll(limiter)).toBe(5);
});

test("what is given back can be taken again, within the burst", () => {
  const { limiter } = limiterWithClock();
  limiter.refund();
  expect(takeAll(limiter)).toBe(5);
  limiter.refund();
  expect(takeAll(limiter)).toBe(1);
});

test("a clock that was set back gives away nothing, and stops nothing", () => {
  const { clock, limiter } = limiterWithClock();
  takeAll(limiter);
  clock.now -= 60_000;
  expect(takeAll(limiter)).toBe(0);
  clock.now += 500;
  expect(takeAll(limiter)).toBe(1);
});

test("however the questions come, no more pass than burst and rate allow", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 }), (pauses) => {
      const { clock, limiter } = limiterWithClock();
      const started = clock.now;
      let taken = 0;
      for (const pause of pauses) {
        clock.now += pause;
        if (limiter.take()) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(rate.burst + ((clock.now - started) / 1000) * rate.perSecond + 1e-6);
    }),
  );
});
