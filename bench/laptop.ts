import { setTimeout as sleep } from "node:timers/promises";
import type { PersonaClaims } from "../local/issuer/persona.ts";
import { type Laptop, startLaptop } from "../local/laptop.ts";
import { median, quantile } from "./rounds.ts";

export interface LaptopFigures {
  readonly api: string;
  readonly requestsPerSecond: number;
  /** Milliseconds of one front-door request, decision and back end included */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds that the authorizer itself took, from its access events */
  readonly decisionP50: number;
  readonly decisionP99: number;
  /**
   * Milliseconds from the request that made the score cross a threshold to the finding in the
   * Security Hub list
   */
  readonly eventToFinding: number;
}

const CONCURRENCY = 4;

/** Drives the laptop stack through its REST front door with real signed tokens. */
export async function measureLaptop(requests: number, findings: number): Promise<LaptopFigures> {
  const laptop = await startLaptop();
  try {
    const api = laptop.gateway.apis.find(({ kind }) => kind === "rest");
    if (api === undefined) throw new Error("the laptop has no REST API");
    await load(laptop, api.url, CONCURRENCY * 5);
    const decisions: number[] = [];
    const forget = laptop.stack.bus.onEvent(({ detail }) => {
      const duration = (detail as { duration?: unknown }).duration;
      if (typeof duration === "number") decisions.push(duration);
    });
    const started = performance.now();
    const times = await load(laptop, api.url, requests);
    const seconds = (performance.now() - started) / 1000;
    await until(() => decisions.length >= requests);
    forget();
    const waits: number[] = [];
    for (let count = 0; count < findings; count++)
      waits.push(await timeFinding(laptop, api.url, `thief-${count}`));
    return {
      api: "REST",
      requestsPerSecond: requests / seconds,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      decisionP50: quantile(decisions, 0.5),
      decisionP99: quantile(decisions, 0.99),
      eventToFinding: median(waits),
    };
  } finally {
    await laptop.close();
  }
}

function claims(sub: string): PersonaClaims {
  return {
    sub,
    roles: ["reader"],
    sid: `session-of-${sub}`,
    amr: ["pwd", "mfa"],
    auth_time: Math.floor(Date.now() / 1000),
    device_id: `device-of-${sub}`,
    device_trust_level: "medium",
  };
}

/**
 * Milliseconds of each request; every one must be allowed, or the figures would be of something
 * else.
 */
async function load(laptop: Laptop, url: string, requests: number): Promise<number[]> {
  const times: number[] = [];
  let left = requests;
  const caller = async (name: string) => {
    const authorization = `Bearer ${await laptop.issuer.issueToken(claims(name))}`;
    while (left-- > 0) {
      const started = performance.now();
      const response = await fetch(`${url}/api/orders`, {
        headers: { authorization, "user-agent": "bench/1.0" },
      });
      await response.arrayBuffer();
      if (response.status !== 200)
        throw new Error(`a request of the benchmark was answered ${response.status}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, (_, at) => caller(`caller-${at}`)));
  return times;
}

/**
 * A user in Frankfurt, then at once in Singapore on a sensitive path with another browser: 30 +
 * 20 + 10 points cross 50.
 */
async function timeFinding(laptop: Laptop, url: string, sub: string): Promise<number> {
  const authorization = `Bearer ${await laptop.issuer.issueToken(claims(sub))}`;
  const call = async (path: string, address: string, agent: string) => {
    const headers = { authorization, "user-agent": agent, "x-dev-source-ip": address };
    await (await fetch(`${url}${path}`, { headers })).arrayBuffer();
  };
  const scored = () =>
    laptop.readRiskState(
      { user: { issuer: laptop.issuer.url, subject: sub } },
      Math.floor(Date.now() / 1000),
    );
  await call("/api/orders", FRANKFURT, "first/1.0");
  await until(async () => (await scored()).status === "known" && "user" in (await scored()));
  const before = laptop.stack.securityHub.findings().length;
  const started = performance.now();
  await call("/api/export", SINGAPORE, "second/1.0");
  await until(() => laptop.stack.securityHub.findings().length > before);
  return performance.now() - started;
}

const FRANKFURT = "217.0.0.10";
const SINGAPORE = "202.166.0.90";
const LONGEST_WAIT = 20_000;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error("the benchmark waited in vain for an effect of its requests");
    await sleep(2);
  }
}
