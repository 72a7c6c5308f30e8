import fc from "fast-check";
import { ConfigurationError, type ConfigurationProblem } from "../../configuration/configuration-error.ts";
import { readConfiguration } from "../../configuration/read-configuration.ts";
import { authorizerSettings, scorerSettings } from "../../lib/functions/function-settings.ts";

const full = {
  issuers: [
    {
      preset: "keycloak",
      issuer: "https://id.example.com/realms/one",
      audience: ["api"],
      jwksUri: "https://id.example.com/keys",
      keyRefresh: 900,
      keysStaleFor: 3600,
      claims: { roles: ["realm_access", "roles"], mfa: { claim: "acr", values: ["2"] } },
    },
    {
      preset: "cognito",
      userPoolId: "eu-west-1_Abc",
      clientIds: ["one"],
      tokenUse: "access",
      region: "eu-west-1",
    },
  ],
  timeZone: "Europe/Berlin",
  countries: ["DE", "FR"],
  geo: { source: "database", countryDatabase: "c.mmdb", cityDatabase: "d.mmdb" },
  network: { proxy: "http://proxy.example.com:3128", noProxy: [".example.org"], extraAuthority: "ca.pem" },
  policies: "rules",
  acrValues: { mfa: ["urn:example:mfa"] },
  deviceClaimCap: "low",
  publicOrigins: { a1b2c3d4e5: ["https://api.example.com/v1"] },
  dpop: { maxAge: 30, leeway: 2, nonce: true },
  risk: {
    rules: {
      impossibleTravel: { points: 20, kilometresPerHour: 900, memory: 3600 },
      unusualTime: { points: 10, from: 5, to: 23 },
      failedAttempts: {
        status: 401,
        memory: 600,
        steps: [
          { over: 1, points: 1 },
          { over: 4, points: 20 },
        ],
      },
      sensitiveDataAccess: { points: 20, prefixes: ["/a"] },
      anomalousBehavior: { points: 5 },
      hold: 600,
    },
    thresholds: { medium: 40, high: 60 },
  },
  logRetentionDays: 30,
  alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:alarms",
  tableDeletionProtection: false,
  archiveDays: 7,
  tracing: true,
  authorizer: { memory: 1024, reservedConcurrency: 50 },
  parameterPrefix: "/security/sallyport",
  cors: { allowOrigin: "https://app.example.com" },
  region: "eu-west-1",
  demo: true,
};

/** Fields whose members have names of the user's own. */
const FREE_NAMES: readonly unknown[] = ["acrValues", "publicOrigins"];

type Place = readonly (string | number)[];

function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [place];
  const steps = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [
    place,
    ...steps.flatMap((step) => placesOf((value as Record<string, unknown>)[step], [...place, step])),
  ];
}

function replaceAt(value: unknown, [step, ...rest]: Place, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  const inner = replaceAt(copy[step], rest, replacement);
  Object.defineProperty(copy, step, { value: inner, enumerable: true, configurable: true, writable: true });
  return copy;
}

const showPlace = (place: Place): string =>
  place.reduce<string>(
    (shown, step) => (typeof step === "number" ? `${shown}[${step}]` : shown ? `${shown}.${step}` : step),
    "",
  );

function problemsOf(content: string): readonly ConfigurationProblem[] {
  try {
    readConfiguration(content, "sallyport.json");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { found, accepted } of error.problems) {
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(400);
      expect(accepted.length).toBeGreaterThan(0);
    }
    return error.problems;
  }
}

test("the configuration that mistakes are made in has none itself", () => {
  expect(problemsOf(JSON.stringify(full))).toEqual([]);
});

test("any text gives a configuration or a ConfigurationError", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (content) => void problemsOf(content)),
    { numRuns: 500 },
  );
});

test("any value anywhere gives a configuration whose settings can be made, or a ConfigurationError", () => {
  fc.assert(
    fc.property(fc.constantFrom(...placesOf(full)), fc.jsonValue(), (place, value) => {
      const content = JSON.stringify(replaceAt(full, place, value));
      if (problemsOf(content).length > 0) return;
      const configuration = readConfiguration(content, "sallyport.json");
      expect(JSON.parse(JSON.stringify(authorizerSettings(configuration)))).toEqual(
        authorizerSettings(configuration),
      );
      expect(scorerSettings(configuration).thresholds.high).toBeLessThanOrEqual(100);
    }),
    { numRuns: 1000 },
  );
});

test("a value of a type that no field takes is reported with its path", () => {
  const leaves = placesOf(full).filter((place) => place.length > 0);
  fc.assert(
    fc.property(fc.constantFrom(...leaves), fc.constantFrom(null, -1.5), (place, wrong) => {
      const paths = problemsOf(JSON.stringify(replaceAt(full, place, wrong))).map(({ path }) => path);
      // A union tells its own path rather than one inside it; a claim path is the only union.
      const union = /^(issuers\[\d\]\.claims\.\w+|issuers\[\d\]\.claims\.mfa\.\w+)/.exec(
        showPlace(place),
      )?.[0];
      expect(paths.some((path) => path === showPlace(place) || path === union)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("an unknown field is an error at its own path, whatever its name", () => {
  const objects = placesOf(full).filter((place) => {
    const at = place.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], full);
    return typeof at === "object" && !Array.isArray(at) && !FREE_NAMES.includes(place[0]);
  });
  const name = fc
    .oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty"),
    )
    .filter(
      (candidate) =>
        !JSON.stringify(full).includes(`"${candidate}"`) &&
        !["subject", "session", "deviceId", "deviceTrust", "risk", "$schema", "issuer", "audience"].includes(
          candidate,
        ),
    );
  fc.assert(
    fc.property(fc.constantFrom(...objects), name, (place, key) => {
      const problems = problemsOf(JSON.stringify(replaceAt(full, [...place, key], 1)));
      expect(problems.filter(({ found }) => found === "an unknown field")).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});

test("text cut off anywhere is never taken for a configuration", () => {
  const content = JSON.stringify(full);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: content.length - 1 }), (length) => {
      expect(problemsOf(content.slice(0, length))).not.toEqual([]);
    }),
  );
});
