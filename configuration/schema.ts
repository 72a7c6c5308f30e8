import { z } from "zod";
import { DEVICE_TRUST_LEVELS } from "../domain/evidence/device-trust.ts";
import { attachSchema } from "./attach-schema.ts";
import {
  bool,
  country,
  listOf,
  nonEmpty,
  oneOf,
  origin,
  proxyUrl,
  publicUrl,
  region,
  section,
  text,
  wholeNumber,
  zone,
} from "./fields.ts";
import { issuerSchema } from "./issuer-schema.ts";
import { riskSchema } from "./risk-schema.ts";
import { segmentsSchema } from "./segment-schema.ts";

/** The periods that CloudWatch Logs knows. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const countriesSchema = listOf(country(), "a list of country codes");

export const geoSchema = section({
  source: oneOf(["none", "database", "cloudfront"]).describe(
    "Where locations come from. database: files beside the functions. cloudfront believes the CloudFront-Viewer-* headers: safe only if nothing but CloudFront can reach the API. none: countries stay unknown, and impossible travel is never seen, so that with the default points no score passes 70 and risk never asks for a step-up.",
  ),
  countryDatabase: nonEmpty("a path").optional().describe("An MMDB file of countries, for the authorizer."),
  cityDatabase: nonEmpty("a path").optional().describe("An MMDB file of cities, for the scorer."),
});

/**
 * The configuration file. What is left out gets the default; `null` is not a way of leaving out.
 */
export const configurationSchema = section({
  $schema: z.string({ error: "a path or URL" }).optional().describe("For editors; ignored."),
  name: text(
    'a name of at most 32 lower-case letters, digits and inner hyphens, such as "staging"',
    (value) => /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(value),
  )
    .optional()
    .describe(
      "Sets this deployment apart from others in the same account and Region: it becomes part of the names of its stacks, SSM parameters and alarms, and the dimension `deployment` of its metrics. A deployment keeps its name: another name is another deployment.",
    ),
  issuers: listOf(issuerSchema, "a list with at least one issuer", 1).describe(
    "Who issues the tokens that are accepted.",
  ),
  timeZone: zone().default("UTC").describe("The zone that hours in policies and risk rules are meant in."),
  countries: countriesSchema
    .default([])
    .describe("Countries that requests may come from; empty: every country. Needs a geo.source."),
  geo: geoSchema.default({ source: "database" }),
  network: section({
    proxy: proxyUrl().optional().describe("The proxy that issuers are asked through; straight by default."),
    noProxy: listOf(
      text("a host, or a domain with a leading dot", (value) => /^\.?[A-Za-z0-9.-]+$/.test(value)),
      "a list of hosts",
    )
      .optional()
      .describe("Hosts that are asked without the proxy, or domains with a leading dot."),
    extraAuthority: nonEmpty("a path")
      .optional()
      .describe("A PEM file of the authority that signs issuers' certificates, if not a public one."),
  })
    .optional()
    .describe("The way to the issuers. Does not concern calls of AWS."),
  policies: nonEmpty("a path")
    .optional()
    .describe("A folder of policies to use in place of the default ones."),
  acrValues: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/),
      listOf(
        text("an acr value: visible characters without quotes", (value) =>
          /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value),
        ),
        "a list of acr values",
        1,
      ),
      { error: 'an object of kinds of step-up such as "mfa", each with a list of acr values' },
    )
    .default({})
    .describe(
      "What a step-up asks for, by its kind (RFC 9470 `acr_values`). A kind that is not named asks for none.",
    ),
  segments: segmentsSchema
    .optional()
    .describe(
      "What segments of segments.json ask of tokens beyond what issuers do, by name. Of several limits for one request the strictest counts.",
    ),
  deviceClaimCap: oneOf(DEVICE_TRUST_LEVELS)
    .default("medium")
    .describe("How far a device claim counts that no proof of possession supports."),
  devicePostureMaxAge: wholeNumber(60, 2_592_000, "seconds")
    .optional()
    .describe("Seconds for which what was reported of a device's posture counts; 86400 (a day) by default."),
  publicOrigins: z
    .record(
      z.string().regex(/^[a-z0-9]+(\/[\w$-]+)?$/),
      listOf(publicUrl(), "a list of the API's public addresses", 1),
      {
        error:
          'an object of API ids such as "a1b2c3d4e5" or "a1b2c3d4e5/prod", each with a list of public addresses',
      },
    )
    .optional()
    .describe(
      "Where clients call the APIs, with base path, by API id or API id and stage: what a DPoP proof may name beside the execute-api address.",
    ),
  dpop: section({
    maxAge: wholeNumber(1, 600, "whole seconds").optional(),
    leeway: wholeNumber(0, 60, "whole seconds").optional(),
    nonce: bool().optional(),
  })
    .optional()
    .describe(
      "DPoP proofs: seconds since `iat` for which they count (60 by default), seconds by which clients' clocks may differ (5), and whether they must carry a nonce that this deployment gave (false).",
    ),
  webSocket: section({
    queryParameter: text('a name such as "access_token"', (value) =>
      /^[A-Za-z][\w.-]{0,63}$/.test(value),
    ).optional(),
  })
    .optional()
    .describe(
      "WebSocket APIs: the query parameter that clients may put their token into; none by default. Tokens in URLs end up in logs and histories.",
    ),
  risk: riskSchema.optional().describe("What differs from the default points, bounds and thresholds."),
  logRetentionDays: z
    .literal(LOG_RETENTION_DAYS, { error: `one of ${LOG_RETENTION_DAYS.join(", ")}` })
    .default(90),
  alarmTopicArn: text("the ARN of an SNS topic", (value) =>
    /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(value),
  )
    .optional()
    .describe("The SNS topic that alarms notify."),
  permissionsBoundary: text("the ARN of a managed policy", (value) =>
    /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/.test(value),
  )
    .optional()
    .describe("The managed policy that bounds every role of the stacks; none by default."),
  tableDeletionProtection: bool().default(true),
  archiveDays: wholeNumber(1, 3650)
    .optional()
    .describe("How long access events can be replayed; not at all by default."),
  driftMinutes: wholeNumber(5, 1440, "minutes")
    .optional()
    .describe(
      "How often attached APIs are checked: routes without the authorizer, stages that were not redeployed, unsafe caches. Not at all by default.",
    ),
  tracing: bool().default(false).describe("Whether AWS X-Ray traces the functions."),
  authorizer: section({
    memory: wholeNumber(128, 10240, "megabytes").optional(),
    reservedConcurrency: wholeNumber(1, 100_000).optional(),
  })
    .default({})
    .describe(
      "The authorizer function's memory (512 MB by default) and reserved concurrency (none by default).",
    ),
  parameterPrefix: text(
    'a path such as "/sallyport" without a slash at its end',
    (value) => /^(\/[A-Za-z0-9_.-]+)+$/.test(value) && !/^\/(aws|ssm)/i.test(value),
  )
    .optional()
    .describe(
      "Where the SSM parameters for other stacks are: by default /sallyport, or /sallyport/<name> for a deployment with a name.",
    ),
  attach: attachSchema
    .optional()
    .describe(
      "Who else may ask the authorizer than the APIs of the authorizer's account and Region, which allow themselves.",
    ),
  cors: section({ allowOrigin: origin().default("*") }).default({ allowOrigin: "*" }),
  region: region()
    .optional()
    .describe("The Region to deploy to; by default the one of the AWS profile in use."),
  demo: bool().default(false).describe("Whether to deploy the demo API too."),
});

export type ConfigurationInput = z.input<typeof configurationSchema>;
export type ParsedConfiguration = z.output<typeof configurationSchema>;
