import { createPace, type ObservedCall } from "../../../aws/api-gateway/pace.ts";

/** A clock that only moves when somebody sleeps. */
function clockwork() {
  let time = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    sleep: (milliseconds: number) => {
      slept.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
  };
}

const failing = (status: number, name = "X", message = "") =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
const throttled = failing(429, "TooManyRequestsException");

test("calls of any kind begin no faster than allowed", async () => {
  const clock = clockwork();
  const pace = createPace({ ...clock, perSecond: 8 });
  const began: number[] = [];
  for (const operation of ["GetRestApi", "UpdateMethod", "UpdateMethod", "AddPermission"])
    await pace.call(operation, async () => began.push(clock.now()));
  expect(began).toEqual([0, 125, 250, 375]);
});

test("calls made at once get turns, none the same", async () => {
  const began: number[] = [];
  const start = Date.now();
  const pace = createPace({ perSecond: 100 });
  await Promise.all(
    Array.from({ length: 5 }, () => pace.call("GetRoute", async () => began.push(Date.now() - start))),
  );
  expect(began).toHaveLength(5);
  expect(began[4]).toBeGreaterThanOrEqual(35);
});

test("deployments are five seconds apart, whatever comes between", async () => {
  const clock = clockwork();
  const pace = createPace(clock);
  const began: number[] = [];
  for (const operation of ["CreateDeployment", "GetStage", "CreateDeployment"])
    await pace.call(operation, async () => began.push(clock.now()));
  expect(began).toEqual([0, 125, 5000]);
});

test("what may pass is tried again, waiting longer each time, with jitter", async () => {
  const clock = clockwork();
  const randoms = [0, 1, 0.5];
  const pace = createPace({ ...clock, perSecond: 1000, random: () => randoms.shift() ?? 0 });
  const outcomes = [throttled, failing(500), failing(503)];
  const answer = await pace.call("GetStage", () => {
    const failure = outcomes.shift();
    return failure === undefined ? Promise.resolve("done") : Promise.reject(failure);
  });
  expect(answer).toBe("done");
  expect(clock.slept).toEqual([250, 1000, 1500]);
  expect(pace.counts()).toEqual({ GetStage: 4 });
});

test("AWS is given the time that it asks for, within bounds", async () => {
  const clock = clockwork();
  const pace = createPace({ ...clock, perSecond: 1000, random: () => 0 });
  const outcomes = ["3", "3600"];
  await pace.call("GetStage", () => {
    const retryAfterSeconds = outcomes.shift();
    return retryAfterSeconds === undefined
      ? Promise.resolve()
      : Promise.reject(Object.assign(failing(429, "TooManyRequestsException"), { retryAfterSeconds }));
  });
  expect(clock.slept).toEqual([3000, 20_000]);
});

test("what does not pass ends with the last failure, after a stated number of attempts", async () => {
  const clock = clockwork();
  const pace = createPace({ ...clock, attempts: 5 });
  await expect(pace.call("GetStage", () => Promise.reject(throttled))).rejects.toMatchObject({
    kind: "throttled",
    next: expect.stringContaining("continues where it stopped"),
  });
  expect(pace.counts()).toEqual({ GetStage: 5 });
});

test("with the defaults a call gives up within two minutes, and no wait is longer than 20 s", async () => {
  const clock = clockwork();
  const pace = createPace({ ...clock, random: () => 1 });
  await expect(pace.call("GetStage", () => Promise.reject(throttled))).rejects.toMatchObject({
    kind: "throttled",
  });
  expect(pace.counts()).toEqual({ GetStage: 8 });
  expect(Math.max(...clock.slept)).toBe(20_000);
  expect(clock.now()).toBeLessThan(120_000);
});

test("what would fail the same way again is not tried again", async () => {
  const pace = createPace(clockwork());
  await expect(
    pace.call("UpdateStage", () => Promise.reject(failing(400, "BadRequestException"))),
  ).rejects.toMatchObject({
    kind: "invalid",
  });
  expect(pace.counts()).toEqual({ UpdateStage: 1 });
});

test("further attempts keep to the pace as well", async () => {
  const clock = clockwork();
  const pace = createPace({ ...clock, random: () => 0 });
  const outcomes = [throttled, undefined];
  const began: number[] = [];
  await pace.call("CreateDeployment", () => {
    began.push(clock.now());
    const failure = outcomes.shift();
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  });
  expect(began).toEqual([0, 5000]);
});

test("each attempt is observed with its time, and how it failed", async () => {
  const clock = clockwork();
  const observed: ObservedCall[] = [];
  const pace = createPace({ ...clock, random: () => 0, observe: (call) => observed.push(call) });
  const outcomes = [throttled, undefined];
  await pace.call("GetStage", async () => {
    await clock.sleep(40);
    const failure = outcomes.shift();
    if (failure !== undefined) throw failure;
  });
  expect(observed).toEqual([
    { operation: "GetStage", attempt: 1, milliseconds: 40, failed: "throttled" },
    { operation: "GetStage", attempt: 2, milliseconds: 40 },
  ]);
});
