import type { RiskState, RiskSubjects } from "../../../domain/risk/risk-state.ts";
import {
  type AuthorizerOptions,
  type AuthorizerPorts,
  authorize,
} from "../../../lambda/authorizer/authorize.ts";
import { createTokenCache } from "../../../verification/token/token-cache.ts";
import { ask, options } from "../../support/gateway/default-policies.ts";
import { restEvent, tokenEvent } from "../../support/gateway/gateway-events.ts";
import { strictPorts } from "../../support/gateway/strict-ports.ts";
import { ISSUER, tokenIssuer } from "../../support/verification/token-issuer.ts";

let issuer: Awaited<ReturnType<typeof tokenIssuer>>;
beforeAll(async () => {
  issuer = await tokenIssuer();
});

const bearer = async (claims: object = {}, path = "/api/orders") =>
  restEvent({
    path,
    authorization: `Bearer ${await issuer.sign({ device_trust_level: "medium", ...claims })}`,
  });

const run = (
  event: unknown,
  ports: Partial<AuthorizerPorts> = {},
  changed: Partial<AuthorizerOptions> = {},
) =>
  authorize(
    event,
    {
      ...strictPorts,
      now: Date.now,
      verifier: issuer.verifier,
      readRiskState: async () => ({ status: "known" }),
      ask,
      ...ports,
    },
    { ...options, ...changed },
  );

/** A clock that moves on by so many milliseconds with each reading. */
function stepping(step: number): () => number {
  let now = Date.now();
  return () => {
    now += step;
    return now;
  };
}

describe("the risk is asked for", () => {
  async function asked(claims: object) {
    const calls: [RiskSubjects, number][] = [];
    const readRiskState = async (subjects: RiskSubjects, at: number): Promise<RiskState> => {
      calls.push([subjects, at]);
      return { status: "known" };
    };
    await run(await bearer(claims), { readRiskState });
    return calls;
  }
  const user = { issuer: "https://issuer.example", subject: "alice" };

  test("by user alone, in seconds, where the token names nothing else", async () => {
    const [[subjects, at] = [], ...more] = await asked({});
    expect(subjects).toStrictEqual({ user });
    expect(Math.abs((at ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    expect(Number.isInteger(at)).toBe(true);
    expect(more).toEqual([]);
  });

  test("by session and device too, where the token names them", async () => {
    const [[subjects] = []] = await asked({ sid: "s-1", device_id: "d-1" });
    expect(subjects).toStrictEqual({ user, sessionId: "s-1", deviceId: "d-1" });
  });

  test("not at all for a caller who is not verified", async () => {
    const readRiskState = jest.fn(async (): Promise<RiskState> => ({ status: "known" }));
    const result = await run(restEvent({ authorization: "Bearer x.y.z" }), { readRiskState });
    expect(readRiskState).not.toHaveBeenCalled();
    expect(result.risk).toEqual({ status: "unavailable", why: "not read: the caller is not verified" });
  });
});

test("a request that cannot be read is denied for its flaw, without a look at its token", async () => {
  const event = { ...(await bearer()), httpMethod: "DELETE" };
  const result = await run(event);
  expect(result).toMatchObject({
    caller: { status: "unverified", reason: "request-malformed" },
    decision: { outcome: "deny", reasons: ["request-malformed"] },
  });
});

test("the latency of each stage is the time between the readings of the clock", async () => {
  const { latency, request } = await run(await bearer(), { now: stepping(1) });
  expect(request.receivedAt).toBeGreaterThan(0);
  const { verify, risk, evaluate, total } = latency;
  expect([verify, risk, evaluate].every((ms) => ms > 0 && ms < 20)).toBe(true);
  expect(total).toBe(verify + risk + evaluate);
});

describe("when no time is left", () => {
  const never = () => new Promise<never>(() => {});

  test("for verification, the request is denied", async () => {
    const known = issuer.verifier.issuers.get(ISSUER);
    if (known === undefined) throw new Error("no issuer");
    const issuers = new Map([[ISSUER, { ...known, keys: { ...known.keys, find: never } }]]);
    const verifier = { issuers, cache: createTokenCache() };
    const result = await run(await bearer(), { verifier, remaining: () => 50 });
    expect(result.decision.reasons).toEqual(["deadline-exceeded"]);
  });

  test("for the risk, it counts as unavailable, and that is said", async () => {
    const result = await run(await bearer(), { readRiskState: never, remaining: () => 50 });
    expect(result.risk).toEqual({ status: "unavailable", why: "no time was left to read it" });
    expect(result.decision.reasons).toEqual(["risk-unavailable"]);
  });
});

describe("the place of an address", () => {
  const located = async (place: ReturnType<NonNullable<AuthorizerPorts["locate"]>>, event?: object) => {
    const locate = jest.fn(() => place);
    const { request } = await run(event ?? (await bearer()), { locate });
    return { location: request.location, calls: locate.mock.calls };
  };

  test("is looked up where the event has none", async () => {
    expect(await located({ country: "FR" })).toEqual({
      location: { country: "FR" },
      calls: [["203.0.113.7"]],
    });
  });

  test("stays unknown where the lookup finds none", async () => {
    const { request } = await run(await bearer(), { locate: () => undefined });
    expect(request).not.toHaveProperty("location");
    expect(request.path).toBe("/api/orders");
  });

  test("is not looked up without an address", async () => {
    const token = await issuer.sign({ device_trust_level: "medium" });
    const { calls } = await located({ country: "FR" }, tokenEvent({ authorization: `Bearer ${token}` }));
    expect(calls).toEqual([]);
  });

  test("is not looked up where the event has it", async () => {
    const locate = jest.fn(() => ({ country: "FR" }));
    const event = await bearer();
    Object.assign(event.multiValueHeaders, { "CloudFront-Viewer-Country": ["DE"] });
    const { request } = await run(event, { locate }, { geo: "cloudfront" });
    expect([request.location, locate.mock.calls]).toEqual([{ country: "DE" }, []]);
  });
});

test("a result has no nonce where none is offered", async () => {
  expect(await run(await bearer())).not.toHaveProperty("dpopNonce");
});

test("a port that throws makes a denial with nothing known, and is reported", async () => {
  const onFault = jest.fn();
  const fault = new Error("broken");
  const result = await run(await bearer(), {
    onFault,
    readRiskState: () => {
      throw fault;
    },
  });
  expect(onFault.mock.calls).toEqual([[fault]]);
  expect(result).toMatchObject({
    decisionId: "id",
    enforced: true,
    request: { path: "/api/orders" },
    caller: { status: "unverified", reason: "internal-fault" },
    risk: { status: "unavailable" },
    decision: { outcome: "deny", reasons: ["internal-fault"] },
    latency: { verify: 0, risk: 0, evaluate: 0, total: 0 },
  });
});

describe("where only some segments are enforced", () => {
  const enforced = async (event: ReturnType<typeof restEvent>, sallyport_enforce: string) =>
    (await run({ ...event, stageVariables: { sallyport_enforce } })).enforced;

  test("a request of one of them is, and a request of another is not", async () => {
    expect(await enforced(await bearer({}, "/api/billing/1"), "billing")).toBe(true);
    expect(await enforced(await bearer(), "billing")).toBe(false);
  });

  test("a path that can be read in two ways is", async () => {
    expect(await enforced(await bearer({}, "/api/x/../billing/1"), "billing")).toBe(true);
  });

  test("a request that cannot be read is", async () => {
    expect(await enforced({ ...(await bearer()), httpMethod: "PUT" }, "billing")).toBe(true);
  });
});
