import { z } from "zod";
import { TOKEN_PROFILES } from "../contract/settings.ts";
import type { ClaimMapping } from "../domain/evidence/claim-mapping.ts";
import { SIGNATURE_ALGORITHMS } from "../domain/evidence/signature-algorithm.ts";
import { ISSUER_PRESETS } from "../verification/issuers/products.ts";
import {
  bool,
  claimPath,
  httpsUrl,
  issuerUrl,
  listOf,
  nonEmpty,
  oneOf,
  section,
  text,
  wholeNumber,
} from "./fields.ts";
import { productFields } from "./issuer-form.ts";
import { leeway, maxAuthenticationAge, maxTokenAge } from "./segment-schema.ts";

const claims = section({
  subject: claimPath().optional(),
  roles: claimPath().optional(),
  session: claimPath().optional(),
  deviceId: claimPath().optional(),
  deviceTrust: claimPath().optional(),
  mfa: section({
    claim: claimPath(),
    values: listOf(
      z.union([z.string().min(1), z.boolean()], { error: "a text or true or false" }),
      "a list of the values that mean several factors",
      1,
    ),
  })
    .optional()
    .describe("The claim that says how the user authenticated, and its values that mean several factors."),
  risk: claimPath().optional().describe("A claim that holds a risk score from 0 to 100."),
  scopes: claimPath()
    .optional()
    .describe("The claim that holds the granted scopes, as one text of words or as a list."),
  client: claimPath().optional().describe("The claim that names the client that the token was issued to."),
  service: section({
    claim: claimPath(),
    values: listOf(
      z.union([z.string().min(1), z.boolean()], { error: "a text or true or false" }),
      "a list of the values that mark a service",
      1,
    ),
    clientIn: listOf(claimPath(), "a list of claims")
      .optional()
      .describe(
        "Claims of which one must hold the client's id too; the preset's by default, an empty list asks for none.",
      ),
    without: listOf(claimPath(), "a list of claims")
      .optional()
      .describe(
        "Claims that no service's token has; the preset's by default, an empty list means any may be there.",
      ),
  })
    .optional()
    .describe(
      "The claim, and its values, that mark the token of a service (client credentials, no user); {client} in a value is replaced by the client's id.",
    ),
} satisfies Record<keyof ClaimMapping, z.ZodType>);

/** One issuer of the configuration file. */
export const issuerSchema = section({
  preset: oneOf(ISSUER_PRESETS).describe("Which product issues the tokens; decides which claim holds what."),
  issuer: issuerUrl()
    .optional()
    .describe("The exact `iss` of the tokens, where no field of the product's own says it."),
  audience: listOf(nonEmpty("a text"), "a list with at least one accepted `aud`", 1)
    .optional()
    .describe("Accepted `aud` values, where no field of the product's own says whose tokens are accepted."),
  ...productFields(),
  jwksUri: httpsUrl()
    .optional()
    .describe(
      "Where the keys are, if not where the product publishes them, or for oidc where the issuer's /.well-known/openid-configuration says.",
    ),
  discovery: bool()
    .optional()
    .describe(
      "Whether the issuer's /.well-known/openid-configuration is asked where the keys are, whatever the preset; for oidc it is, unless jwksUri is given.",
    ),
  introspection: section({
    endpoint: httpsUrl().describe("Where the issuer is asked (RFC 7662)."),
    clientId: nonEmpty("a client's id").describe("As whom it is asked."),
    clientSecretArn: text("the ARN of a secret in AWS Secrets Manager", (value) =>
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+$/.test(value),
    ).describe("The secret whose text is the client's secret."),
    cacheSeconds: wholeNumber(0, 60, "seconds")
      .optional()
      .describe("Seconds for which an answer counts; 30 by default."),
  })
    .optional()
    .describe(
      "How tokens that are no JWT are verified. One issuer may have this, since such a token names none.",
    ),
  keyRefresh: wholeNumber(60, 24 * 3600, "seconds")
    .optional()
    .describe(
      "Seconds after which the keys are to have been fetched again, and a removed one no longer counts; 900 by default.",
    ),
  keysStaleFor: wholeNumber(60, 7 * 24 * 3600, "seconds")
    .optional()
    .describe(
      "Seconds after which keys no longer count that could not be fetched again; 86400 (a day) by default.",
    ),
  profile: oneOf(TOKEN_PROFILES)
    .optional()
    .describe(
      "What the tokens promise: rfc9068 demands everything in the JWT profile for access tokens, the type at+jwt too; generic by default. Cognito's have their own profile.",
    ),
  algorithms: listOf(oneOf(SIGNATURE_ALGORITHMS), "a list of signature algorithms", 1)
    .optional()
    .describe("Accepted signature algorithms; RS256, PS256, ES256 and EdDSA by default."),
  leeway: leeway().optional().describe("Seconds by which the issuer's clock may differ; 5 by default."),
  maxTokenAge: maxTokenAge()
    .optional()
    .describe(
      "Seconds since a token was issued after which it no longer counts; by default its own expiry decides.",
    ),
  maxAuthenticationAge: maxAuthenticationAge()
    .optional()
    .describe(
      "Seconds since a user authenticated (auth_time) after which the request is challenged to do so again; by default any age will do.",
    ),
  boundTokens: oneOf(["accepted", "refused"])
    .optional()
    .describe(
      "Whether tokens that are bound to a key (cnf) are accepted, each with its proof, or refused; accepted by default. Where every issuer says refused, API Gateway may cache verdicts.",
    ),
  claims: claims.optional().describe("Claims that differ from the preset."),
});

export type IssuerInput = z.output<typeof issuerSchema>;
