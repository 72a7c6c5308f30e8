import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "../../configuration/configuration-error.ts";
import { configurationJsonSchema } from "../../configuration/json-schema.ts";
import { loadConfiguration, readConfiguration } from "../../configuration/read-configuration.ts";
import { DEFAULT_FACTOR_RULES, DEFAULT_THRESHOLDS } from "../../domain/risk/risk-rules.ts";
import { authorizerSettings, scorerSettings } from "../../lib/functions/function-settings.ts";
import { PACKAGE_ROOT } from "../../lib/package-root.ts";
import { claimsOf, ISSUER_PRESETS, PRODUCTS } from "../../verification/issuers/products.ts";

const oidc = {
  preset: "oidc",
  issuer: "https://id.example.com",
  audience: ["api"],
  jwksUri: "https://id.example.com/keys",
};
const cognito = { preset: "cognito", userPoolId: "eu-central-1_AbCdEf123", clientIds: ["web", "app"] };

/** An issuer that is asked about opaque tokens. */
const asked = (differing: object = {}) => ({
  ...oidc,
  introspection: {
    endpoint: "https://id.example.com/introspect",
    clientId: "gateway",
    clientSecretArn: "arn:aws:secretsmanager:eu-central-1:000000000000:secret:gateway/client-AbCdEf",
    ...differing,
  },
});

const read = (raw: unknown) => readConfiguration(JSON.stringify(raw), "/etc/demo/sallyport.json");

function problemsOf(raw: unknown): Record<string, string> {
  try {
    read(raw);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return Object.fromEntries(
      error.problems.map(({ path, found, accepted }) => [path, `${found} | ${accepted}`]),
    );
  }
  return {};
}

describe("a configuration that is right", () => {
  test("public addresses and the judging of proofs reach the authorizer", () => {
    const publicOrigins = {
      a1b2c3d4e5: ["https://api.example.com"],
      "a1b2c3d4e5/$default": ["https://b.example/v1"],
    };
    const dpop = { maxAge: 30, nonce: true };
    const settings = authorizerSettings(read({ issuers: [oidc], publicOrigins, dpop }));
    expect(settings).toMatchObject({ publicOrigins, dpop });
    expect(authorizerSettings(read({ issuers: [oidc] }))).not.toHaveProperty("dpop");
  });

  test("the least one takes every default", () => {
    const configuration = read({ issuers: [oidc] });
    expect(configuration).toEqual({
      issuers: [oidc],
      timeZone: "UTC",
      countries: [],
      geo: { source: "database" },
      policies: join(PACKAGE_ROOT, "policies/default"),
      acrValues: {},
      deviceClaimCap: "medium",
      logRetentionDays: 90,
      tableDeletionProtection: true,
      tracing: false,
      authorizer: {},
      parameterPrefix: "/sallyport",
      cors: { allowOrigin: "*" },
      demo: false,
    });
    expect(scorerSettings(configuration)).toEqual({
      timeZone: "UTC",
      geo: "database",
      rules: DEFAULT_FACTOR_RULES,
      thresholds: DEFAULT_THRESHOLDS,
    });
  });

  test("a Cognito pool names its issuer", () => {
    const settings = authorizerSettings(
      read({ issuers: [{ ...cognito, region: "eu-central-1", tokenUse: "id" }] }),
    );
    expect(settings.issuers).toEqual([
      {
        preset: "cognito",
        issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123",
        audience: ["web", "app"],
        tokenUse: "id",
      },
    ]);
  });

  test("a Cognito pool in China has China's host", () => {
    const settings = authorizerSettings(read({ issuers: [{ ...cognito, userPoolId: "cn-north-1_AbC" }] }));
    expect(settings.issuers[0]?.issuer).toBe(
      "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbC",
    );
  });

  test("paths are meant from the file's folder", () => {
    const { policies, geo } = read({
      issuers: [oidc],
      policies: "../rules",
      geo: { source: "database", cityDatabase: "city.mmdb", countryDatabase: "/var/country.mmdb" },
    });
    expect(policies).toBe("/etc/rules");
    expect(geo).toEqual({
      source: "database",
      cityDatabase: "/etc/demo/city.mmdb",
      countryDatabase: "/var/country.mmdb",
    });
  });

  test("risk overrides join the defaults", () => {
    const { rules, thresholds } = scorerSettings(
      read({
        issuers: [oidc],
        risk: { rules: { unusualTime: { points: 3 }, hold: 60 }, thresholds: { high: 80 } },
      }),
    );
    expect(rules).toEqual({
      ...DEFAULT_FACTOR_RULES,
      unusualTime: { ...DEFAULT_FACTOR_RULES.unusualTime, points: 3 },
      hold: 60,
    });
    expect(thresholds).toEqual({ medium: 50, high: 80 });
  });

  test("claim overrides reach the authorizer", () => {
    const claims = { roles: ["realm_access", "roles"], mfa: { claim: "amr", values: ["mfa", true] } };
    const settings = authorizerSettings(read({ issuers: [{ ...oidc, claims }] }));
    expect(settings.issuers[0]?.claims).toEqual(claims);
  });

  test("every claim of the mapping can be overridden", () => {
    const claims = { ...claimsOf("keycloak"), scopes: ["realm", "scp"], client: "azp" };
    const settings = authorizerSettings(read({ issuers: [{ ...oidc, claims }] }));
    expect(settings.issuers[0]?.claims).toEqual(claims);
  });

  test.each(["database", "cloudfront"])("countries may be listed where %s tells them", (source) => {
    expect(read({ issuers: [oidc], countries: ["DE"], geo: { source } }).countries).toEqual(["DE"]);
    expect(read({ issuers: [oidc], countries: [], geo: { source: "none" } }).countries).toEqual([]);
  });

  test("the authorizer gets the settings of introspection", () => {
    expect(authorizerSettings(read({ issuers: [asked({ cacheSeconds: 10 }), cognito] })).issuers[0]).toEqual(
      asked({ cacheSeconds: 10 }),
    );
  });

  test("the authorizer gets each issuer's rules for tokens", () => {
    const rules = {
      profile: "rfc9068",
      algorithms: ["ES256", "Ed25519"],
      leeway: 0,
      maxTokenAge: 3600,
      maxAuthenticationAge: 7200,
      boundTokens: "refused",
    };
    expect(authorizerSettings(read({ issuers: [{ ...oidc, ...rules }] })).issuers[0]).toMatchObject(rules);
  });

  test("the authorizer gets each segment's limits by name", () => {
    const segments = { billing: { leeway: 5, maxTokenAge: 900, maxAuthenticationAge: 300 }, general: {} };
    expect(authorizerSettings(read({ issuers: [oidc, cognito], segments })).segmentLimits).toEqual(segments);
    expect(authorizerSettings(read({ issuers: [oidc] }))).not.toHaveProperty("segmentLimits");
  });

  test("the authorizer gets the conditions of a service's sign, an empty list too", () => {
    const service = { claim: "gty", values: ["cc"], clientIn: [], without: [["a", "b"], "sid"] };
    const settings = authorizerSettings(read({ issuers: [{ ...oidc, claims: { service } }] }));
    expect(settings.issuers[0]?.claims).toEqual({ service });
  });

  test("the authorizer gets the way to the issuers, whose authority is found beside the file", () => {
    const issuer = { ...oidc, keyRefresh: 300, keysStaleFor: 3600 };
    const network = { proxy: "http://proxy.internal:3128", noProxy: [".internal"], extraAuthority: "ca.pem" };
    const configuration = read({ issuers: [issuer], network });
    expect(configuration.network?.extraAuthority).toBe("/etc/demo/ca.pem");
    expect(authorizerSettings(configuration)).toMatchObject({
      issuers: [issuer],
      network: { proxy: "http://proxy.internal:3128", noProxy: [".internal"] },
    });
    expect(
      authorizerSettings(read({ issuers: [oidc], network: { extraAuthority: "ca.pem" } })),
    ).not.toHaveProperty("network");
  });

  test.each(ISSUER_PRESETS.filter((preset) => PRODUCTS[preset].form === undefined))(
    "an issuer of %s needs no address of its keys",
    (preset) => {
      const named = {
        auth0: { issuer: "https://id.example.com/" },
        keycloak: { issuer: "https://id.example.com/realms/main" },
        okta: { issuer: "https://id.example.com/oauth2/default" },
      };
      const { jwksUri: _, ...issuer } = { ...oidc, ...named[preset as keyof typeof named], preset };
      expect(problemsOf({ issuers: [issuer] })).toEqual({});
    },
  );
});

describe("a configuration that is wrong", () => {
  test.each([
    [{ issuers: [] }, "issuers", "[] | a list with at least one issuer"],
    [{}, "issuers", "nothing | a list with at least one issuer"],
    [{ issuers: [{ ...oidc, issuer: "ftp://id.example.com" }] }, "issuers[0].issuer", "https URL"],
    [{ issuers: [{ ...oidc, issuer: "https://id.example.com/a|b" }] }, "issuers[0].issuer", "or |"],
    [{ issuers: [{ ...oidc, issuer: "https://id.example.com?x=1" }] }, "issuers[0].issuer", "without query"],
    [{ issuers: [{ ...oidc, issuer: "https://id.example.com#x" }] }, "issuers[0].issuer", "fragment"],
    [{ issuers: [{ ...oidc, issuer: "https://me:pw@id.example.com" }] }, "issuers[0].issuer", "credentials"],
    [{ issuers: [{ ...oidc, issuer: "https://" }] }, "issuers[0].issuer", "https URL"],
    [{ issuers: [{ ...oidc, audience: undefined }] }, "issuers[0].audience", "nothing | a list"],
    [{ issuers: [{ ...oidc, jwksUri: undefined, discovery: false }] }, "issuers[0].discovery", "or nothing"],
    [{ issuers: [{ ...oidc, discovery: true }] }, "issuers[0].discovery", "while jwksUri says"],
    [
      { issuers: [asked({ endpoint: "http://x.example" })] },
      "issuers[0].introspection.endpoint",
      "an https URL",
    ],
    [{ issuers: [asked({ clientId: "" })] }, "issuers[0].introspection.clientId", "a client's id"],
    [
      { issuers: [asked({ clientSecretArn: "s3cret" })] },
      "issuers[0].introspection.clientSecretArn",
      "the ARN",
    ],
    [{ issuers: [asked({ cacheSeconds: 61 })] }, "issuers[0].introspection.cacheSeconds", "from 0 to 60"],
    [
      { issuers: [cognito, asked(), { ...asked(), issuer: "https://two.example" }] },
      "issuers[2].introspection",
      "issuers[1] has it",
    ],
    [{ issuers: [{ ...oidc, algorithms: ["none"] }] }, "issuers[0].algorithms[0]", "RS256"],
    [{ issuers: [{ ...oidc, algorithms: ["HS256"] }] }, "issuers[0].algorithms[0]", "RS256"],
    [{ issuers: [{ ...oidc, leeway: 301 }] }, "issuers[0].leeway", "from 0 to 300"],
    [
      { issuers: [{ ...oidc, maxAuthenticationAge: 59 }] },
      "issuers[0].maxAuthenticationAge",
      "59 | seconds from 60 to 2592000",
    ],
    [
      { issuers: [oidc], segments: { billing: { leeway: 6 } } },
      "segments.billing.leeway",
      "6 | 5 seconds at most, which is the leeway of issuers[0]",
    ],
    [
      {
        issuers: [
          { ...oidc, leeway: 60 },
          { ...cognito, leeway: 2 },
        ],
        segments: { billing: { leeway: 3 } },
      },
      "segments.billing.leeway",
      "3 | 2 seconds at most, which is the leeway of issuers[1]",
    ],
    [
      { issuers: [oidc], segments: { billing: { maxTokenAge: 0 } } },
      "segments.billing.maxTokenAge",
      "0 | seconds from 60",
    ],
    [
      { issuers: [oidc], segments: { billing: { maxAuthenticationAge: "5m" } } },
      "segments.billing.maxAuthenticationAge",
      '"5m" | seconds from 60',
    ],
    [
      { issuers: [oidc], segments: { billing: { maxAge: 60 } } },
      "segments.billing.maxAge",
      "leeway, maxTokenAge, maxAuthenticationAge",
    ],
    [{ issuers: [oidc], segments: { Billing: {} } }, "segments.Billing", '"Billing" | an object of segments'],
    [{ issuers: [oidc], segments: ["billing"] }, "segments", '["billing"] | an object of segments'],
    [
      { issuers: [{ ...oidc, claims: { service: { claim: "g", values: ["x"], clientIn: "client_id" } } }] },
      "issuers[0].claims.service.clientIn",
      '"client_id" | a list of claims',
    ],
    [{ issuers: [{ ...cognito, profile: "generic" }] }, "issuers[0].profile", "nothing"],
    [{ issuers: [{ ...oidc, keyRefresh: 59 }] }, "issuers[0].keyRefresh", "from 60 to 86400"],
    [{ issuers: [{ ...oidc, keysStaleFor: 700_000 }] }, "issuers[0].keysStaleFor", "from 60 to 604800"],
    [{ issuers: [{ ...oidc, keysStaleFor: 600 }] }, "issuers[0].keysStaleFor", "900 seconds at least"],
    [{ issuers: [oidc], network: { proxy: "proxy.internal:3128" } }, "network.proxy", "an http or https URL"],
    [
      { issuers: [oidc], network: { proxy: "http://me:pw@proxy.internal" } },
      "network.proxy",
      "an http or https",
    ],
    [{ issuers: [oidc], network: { noProxy: ["a,b"] } }, "network.noProxy[0]", "a host"],
    [{ issuers: [oidc], network: { extraAuthority: "" } }, "network.extraAuthority", "a path"],
    [
      { issuers: [oidc], countries: ["DE"], geo: { source: "none" } },
      "countries",
      '["DE"] | no countries while geo.source is "none"',
    ],
    [{ issuers: [{ preset: "okta", audience: ["x"] }] }, "issuers[0].issuer", "nothing | an https URL"],
    [{ issuers: [{ ...oidc, audience: [] }] }, "issuers[0].audience", "[] | a list with at least one"],
    [{ issuers: [{ ...oidc, audience: [" "] }] }, "issuers[0].audience[0]", "a text"],
    [{ issuers: [{ ...oidc, tokenUse: "id" }] }, "issuers[0].tokenUse", '"cognito"'],
    [{ issuers: [{ ...oidc, jwksUri: "http://x.example" }] }, "issuers[0].jwksUri", "an https URL"],
    [{ issuers: [{ ...oidc, preset: "unheard-of" }] }, "issuers[0].preset", '"keycloak"'],
    [{ issuers: [{ ...oidc, audiense: ["x"] }] }, "issuers[0].audiense", "did you mean audience?"],
    [{ issuers: [oidc, cognito, oidc] }, "issuers[2]", "issuers[0] is the same"],
    [{ issuers: [cognito, cognito] }, "issuers[1]", "issuers[0] is the same"],
    [{ issuers: [{ preset: "cognito", clientIds: ["x"] }] }, "issuers[0].userPoolId", "Cognito user pool id"],
    [{ issuers: [{ ...cognito, userPoolId: "AbCdEf" }] }, "issuers[0].userPoolId", "Cognito user pool id"],
    [{ issuers: [{ ...cognito, issuer: oidc.issuer }] }, "issuers[0].issuer", "give userPoolId"],
    [{ issuers: [{ ...cognito, audience: ["x"] }] }, "issuers[0].audience", "give clientIds"],
    [{ issuers: [{ ...cognito, region: "eu-west-1" }] }, "issuers[0].region", "userPoolId begins with"],
    [{ issuers: [{ ...oidc, claims: { roles: 3 } }] }, "issuers[0].claims.roles", "3 | a claim's name"],
    [{ issuers: [{ ...oidc, claims: { role: "x" } }] }, "issuers[0].claims.role", "did you mean roles?"],
    [{ issuers: [oidc], timeZone: "Berlin" }, "timeZone", '"Berlin" | an IANA time zone'],
    [{ issuers: [oidc], timeZone: "+01:00" }, "timeZone", "an IANA time zone"],
    [{ issuers: [oidc], countries: ["DE", "UK"] }, "countries[1]", '"UK" | an ISO 3166-1'],
    [{ issuers: [oidc], countries: ["de"] }, "countries[0]", "capitals"],
    [{ issuers: [oidc], countries: "DE" }, "countries", '"DE" | a list of country codes'],
    [{ issuers: [oidc], geo: { source: "maxmind" } }, "geo.source", '"database"'],
    [{ issuers: [oidc], geo: { source: "none", cityDatabase: "x" } }, "geo.cityDatabase", 'not "database"'],
    [{ issuers: [oidc], acrValues: { mfa: [] } }, "acrValues.mfa", "a list of acr values"],
    [{ issuers: [oidc], acrValues: { mfa: ['a"b'] } }, "acrValues.mfa[0]", "without quotes"],
    [{ issuers: [oidc], acrValues: { "M F": ["x"] } }, 'acrValues["M F"]', "kinds of step-up"],
    [{ issuers: [oidc], deviceClaimCap: "highest" }, "deviceClaimCap", '"high"'],
    [{ issuers: [oidc], dpop: { maxAge: 0 } }, "dpop.maxAge", "from 1 to 600"],
    [{ issuers: [oidc], dpop: { nonces: true } }, "dpop.nonces", "did you mean nonce?"],
    [{ issuers: [oidc], publicOrigins: { "x/y/z": [] } }, 'publicOrigins["x/y/z"]', "API ids such as"],
    [{ issuers: [oidc], publicOrigins: { a1: [] } }, "publicOrigins.a1", "public addresses"],
    [
      { issuers: [oidc], publicOrigins: { a1: ["http://api.example.com"] } },
      "publicOrigins.a1[0]",
      "an https URL",
    ],
    [{ issuers: [oidc], publicOrigins: { a1: ["https://a.example/?x"] } }, "publicOrigins.a1[0]", "query"],
    [
      { issuers: [oidc], risk: { thresholds: { medium: 80 } } },
      "risk.thresholds",
      "`medium` less than `high`",
    ],
    [{ issuers: [oidc], risk: { thresholds: { high: 101 } } }, "risk.thresholds.high", "from 0 to 100"],
    [
      { issuers: [oidc], risk: { rules: { anomalousBehavior: { points: 11 } } } },
      "risk.rules",
      "100 at most",
    ],
    [
      { issuers: [oidc], risk: { rules: { unusualTime: { from: 22 } } } },
      "risk.rules.unusualTime",
      "`from` that is before",
    ],
    [
      {
        issuers: [oidc],
        risk: {
          rules: {
            failedAttempts: {
              steps: [
                { over: 5, points: 5 },
                { over: 5, points: 9 },
              ],
            },
          },
        },
      },
      "risk.rules.failedAttempts.steps[1]",
      "larger values in both fields",
    ],
    [
      { issuers: [oidc], risk: { rules: { sensitiveDataAccess: { prefixes: ["api/admin"] } } } },
      "risk.rules.sensitiveDataAccess.prefixes[0]",
      'begins with "/"',
    ],
    [{ issuers: [oidc], risk: { rule: {} } }, "risk.rule", "did you mean rules?"],
    [{ issuers: [oidc], risk: { rules: { hold: 3601 } } }, "risk.rules.hold", "at most 3600 seconds"],
    [
      { issuers: [oidc], risk: { rules: { failedAttempts: { steps: [{ over: 21, points: 1 }] } } } },
      "risk.rules.failedAttempts.steps[0].over",
      "from 0 to 20",
    ],
    [{ issuers: [oidc], logRetentionDays: 91 }, "logRetentionDays", "91 | one of 1, 3, 5"],
    [{ issuers: [oidc], alarmTopicArn: "topic" }, "alarmTopicArn", "SNS topic"],
    [{ issuers: [oidc], archiveDays: 0 }, "archiveDays", "from 1 to 3650"],
    [{ issuers: [oidc], parameterPrefix: "sallyport/" }, "parameterPrefix", '"/sallyport"'],
    [{ issuers: [oidc], parameterPrefix: "/aws/x" }, "parameterPrefix", '"/sallyport"'],
    [{ issuers: [oidc], cors: { allowOrigin: "https://a.example/path" } }, "cors.allowOrigin", "an origin"],
    [{ issuers: [oidc], region: "Frankfurt" }, "region", "an AWS Region"],
    [{ issuers: [oidc], demo: "yes" }, "demo", '"yes" | true or false'],
    [{ issuers: [oidc], authorizer: { memory: 64 } }, "authorizer.memory", "from 128 to 10240"],
    [{ issuers: [oidc], policies: null }, "policies", "null | a path"],
    [[], "", "[] | an object"],
    [null, "", "null | an object"],
  ])("%j", (raw, path, told) => {
    const problems = problemsOf(raw);
    expect(Object.keys(problems)).toEqual([path]);
    expect(problems[path]).toContain(told);
  });

  test("all mistakes are reported at once, those between fields too", () => {
    const problems = problemsOf({
      issuers: [
        { ...oidc, audience: undefined },
        { ...oidc, issuer: "ftp://x" },
      ],
      timezone: "UTC",
      countries: ["XX"],
      risk: { thresholds: { medium: 90 } },
    });
    expect(Object.keys(problems).toSorted()).toEqual([
      "countries[0]",
      "issuers[0].audience",
      "issuers[1].issuer",
      "risk.thresholds",
      "timezone",
    ]);
  });

  test("the message shows path, found and accepted, and nothing long", () => {
    expect(() => read({ issuers: [oidc], timeZone: "x".repeat(5000) })).toThrow(
      /^\/etc\/demo\/sallyport\.json: 1 problem\n {2}timeZone\n {4}found {5}"x{79}…\n {4}accepted {2}an IANA time zone/,
    );
  });

  test("what is not JSON and what is not there are configuration errors", () => {
    expect(() => readConfiguration("{,}", "x.json")).toThrow(
      /text that is not JSON: .*\n {4}accepted {2}JSON/s,
    );
    expect(() => loadConfiguration("/nowhere/sallyport.json")).toThrow(/no readable file \(ENOENT\)/);
    expect(() => loadConfiguration(tmpdir())).toThrow(ConfigurationError);
  });
});

test("a file is read from its path", () => {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-configuration-"));
  try {
    writeFileSync(join(folder, "own.json"), JSON.stringify({ issuers: [oidc], policies: "rules" }));
    expect(loadConfiguration(join(folder, "own.json")).policies).toBe(join(folder, "rules"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the sample configuration is right", () => {
  expect(loadConfiguration(join(PACKAGE_ROOT, "sallyport.json")).demo).toBe(true);
});

test("sallyport.schema.json is what `npm run schema` writes", () => {
  const written: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, "sallyport.schema.json"), "utf8"));
  expect(written).toEqual(JSON.parse(JSON.stringify(configurationJsonSchema())));
});
