import { readFileSync } from "node:fs";
import { join } from "node:path";
import { denial } from "../../../domain/decision/decision.ts";
import { describeAccess } from "../../../domain/event/access-event.ts";
import { CLOCK_TOLERANCE, observe, placeAccess } from "../../../domain/event/access-observation.ts";
import { accessEvent, accessResult, NOW } from "../../support/domain/access-events.ts";

const observed = (detail: unknown) => {
  const result = observe(detail, NOW);
  if (result.status !== "observed") throw new Error(`not observed: ${JSON.stringify(result)}`);
  return result.access;
};
const why = (detail: unknown) => {
  const result = observe(detail, NOW);
  return result.status === "unreadable" ? result.why : result.status;
};

test("an event as the authorizer tells it is observed whole", () => {
  expect(observed(accessEvent())).toEqual({
    event: "kLZ3x0n9Qz6mQe1ZB4f2aA",
    user: { issuer: "https://id.example.com", subject: "alice" },
    at: Math.floor(NOW / 1000),
    path: "/api/orders",
    status: 403,
    userAgent: "curl/8",
    address: "192.0.2.7",
    place: { latitude: 50.11, longitude: 8.68 },
    api: { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3", stage: "prod" },
  });
});

test.each(["access-event-0.1.0.json", "access-event-layout-2.json"])(
  "an event that an earlier version put on the bus is observed whole: %s",
  (name) => {
    const stored: unknown = JSON.parse(readFileSync(join(__dirname, "../../support/golden", name), "utf8"));
    expect(observed(stored)).toMatchObject({
      event: "kLZ3x0n9Qz6mQe1ZB4f2aA",
      user: { issuer: "https://id.example.com", subject: "alice" },
      at: Math.floor(NOW / 1000),
      status: 401,
      userAgent: "curl/8",
      address: "192.0.2.7",
      place: { latitude: 50.11, longitude: 8.68 },
      api: { accountId: "111122223333", region: "eu-central-1", apiId: "a1b2c3", stage: "prod" },
    });
  },
);

test.each(["risk-unavailable", "policy-error", "deadline-exceeded", "internal-fault"] as const)(
  "a denial for %s counts as no refusal of the user",
  (reason) => {
    const denied = { ...accessResult(), decision: denial(reason) };
    expect(observed(describeAccess(denied, "0", 401)).status).toBeUndefined();
  },
);

test("an allowed request has no status, and counts as no refusal", () => {
  expect(observed(describeAccess(accessResult(), "0")).status).toBeUndefined();
});

test("a caller who was not verified has no identity, even if the event names one", () => {
  const forged = describeAccess(
    { ...accessResult(), caller: { status: "unverified", reason: "token-expired" } },
    "0",
  );
  expect(observe(forged, NOW).status).toBe("unattributed");
  const named = accessEvent({
    actor: { user: { type_id: 0, uid: "alice", domain: "https://id.example.com" } },
  });
  expect(observe(named, NOW).status).toBe("unattributed");
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a text", "event"],
  ["an array", []],
  ["an empty object", {}],
])("%s is unreadable", (_, detail) => {
  expect(why(detail)).toContain("metadata.uid");
});

const user = { type_id: 1, uid: "alice", domain: "https://id.example.com" };
test.each([
  [{ class_uid: 2004 }, "class_uid"],
  [{ metadata: { uid: 7 } }, "metadata.uid"],
  [{ metadata: { uid: "" } }, "metadata.uid"],
  [{ metadata: { uid: "x".repeat(37) } }, "metadata.uid"],
  [{ metadata: { uid: "a b\n" } }, "metadata.uid"],
  [{ time: "now" }, "time"],
  [{ time: Number.NaN }, "time"],
  [{ time: -5 }, "time"],
  [{ time: NOW + CLOCK_TOLERANCE + 1 }, "5 minutes"],
  [{ actor: { user: { ...user, type_id: 2 } } }, "type_id"],
  [{ actor: { user: { ...user, uid: "" } } }, "actor.user"],
  [{ actor: { user: { ...user, domain: 3 } } }, "actor.user"],
  [{ actor: { user: { ...user, uid: "é".repeat(1000) } } }, "at most 2000 bytes"],
  [{ actor: "alice" }, "type_id"],
  [{ http_request: { url: {} } }, "path"],
])("%j is unreadable: %s", (change, reason) => {
  expect(why(accessEvent(change))).toContain(reason);
});

test("a service is observed as a user is", () => {
  const service = accessEvent({ actor: { user: { ...user, type_id: 4, uid: "billing-job" } } });
  expect(observed(service)).toMatchObject({ user: { issuer: user.domain, subject: "billing-job" } });
});

test.each([
  [{ http_response: { code: "403" } }, "status"],
  [{ http_response: null }, "status"],
  [{ http_request: { url: { path: "/" }, user_agent: { toString: "x" } } }, "userAgent"],
  [{ src_endpoint: { ip: "1".repeat(46) } }, "address"],
  [{ src_endpoint: { location: { lat: "50", long: 8 } } }, "place"],
  [{ src_endpoint: { location: { lat: 91, long: 8 } } }, "place"],
  [{ src_endpoint: { location: { lat: 50 } } }, "place"],
  [{ src_endpoint: { location: { lat: Number.NaN, long: 8 } } }, "place"],
  [{ unmapped: [] }, "api"],
])("%j only lacks its %s", (change, field) => {
  expect(observed(accessEvent(change))).not.toHaveProperty(field);
});

test("a time just within the tolerance is believed", () => {
  expect(observed(accessEvent({ time: NOW + CLOCK_TOLERANCE })).at).toBe(
    Math.floor((NOW + CLOCK_TOLERANCE) / 1000),
  );
});

test("long texts are cut, unknown fields passed over", () => {
  const long = accessEvent({
    http_request: { url: { path: `/${"p".repeat(5000)}` }, user_agent: "u".repeat(5000) },
    novelty: { a: 1 },
  });
  const { path, userAgent } = observed(long);
  expect([path.length, userAgent?.length]).toEqual([2048, 1024]);
});

test("names that every object has are not taken for fields", () => {
  const { actor: _, ...rest } = accessEvent();
  expect(why(Object.assign(Object.create({ actor: { user } }), rest))).toContain("type_id");
});

test("a database's place is added only where the event has none, and never half of one", () => {
  const { place, ...bare } = observed(accessEvent());
  expect(placeAccess(bare, { latitude: 1.234, longitude: -0.001 }).place).toEqual({
    latitude: 1.23,
    longitude: 0,
  });
  expect(placeAccess(bare, { country: "DE" })).toBe(bare);
  expect(placeAccess(bare, undefined)).toBe(bare);
  expect(placeAccess({ ...bare, ...(place && { place }) }, { latitude: 1, longitude: 1 }).place).toEqual(
    place,
  );
});
