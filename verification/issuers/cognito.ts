import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import { CognitoJwtInvalidTokenUseError } from "aws-jwt-verify/error";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { oidc } from "./oidc.ts";
import type { FormProblem, IssuerForm, IssuerProduct, ProductTokens } from "./product.ts";

/** The fields of `form`, each right by itself. */
interface CognitoFields {
  readonly userPoolId?: string;
  readonly region?: string;
  readonly clientIds?: readonly string[];
  readonly tokenUse?: "access" | "id";
}

const form: IssuerForm = {
  fields: {
    userPoolId: {
      says: "Cognito: the user pool.",
      required: true,
      kind: "text",
      accepted: 'a Cognito user pool id such as "eu-central-1_AbCdEf123"',
      pattern: /^[a-z]{2,4}(-[a-z]+)+-\d_[0-9A-Za-z]{1,46}$/,
    },
    region: {
      says: "Cognito: the pool's Region; by default the one that its id begins with.",
      kind: "text",
      accepted: 'an AWS Region such as "eu-central-1"',
      pattern: /^[a-z]{2,4}(-[a-z]+)+-\d$/,
    },
    clientIds: {
      says: "Cognito: the app clients whose tokens are accepted.",
      required: true,
      kind: "list",
      accepted: "a list with at least one app client id",
      item: "an app client's id",
    },
    tokenUse: {
      says: "Cognito: which kind of token is accepted; access by default.",
      kind: "choice",
      words: ["access", "id"],
    },
  },
  without: {
    issuer: "nothing: for Cognito give userPoolId, from which the issuer follows",
    audience: "nothing: for Cognito give clientIds",
    profile: "nothing: Cognito's own token rules apply",
  },
  problems: (values): FormProblem[] => {
    const { userPoolId, region } = values as CognitoFields;
    if (region === undefined || userPoolId === undefined || userPoolId.startsWith(`${region}_`)) return [];
    return [{ field: "region", accepted: "the Region that userPoolId begins with, or nothing" }];
  },
  issuer: (values) => {
    const { userPoolId } = values as CognitoFields;
    if (userPoolId === undefined) return undefined;
    const region = userPoolId.slice(0, userPoolId.indexOf("_"));
    return `https://cognito-idp.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/${userPoolId}`;
  },
  audience: (values) => (values as CognitoFields).clientIds,
  tokenUse: (values) => (values as CognitoFields).tokenUse,
};

/**
 * AWS's rules: access tokens name the client that they were issued to and no audience; ID tokens
 * name an audience.
 */
const tokens: ProductTokens = {
  required: ["exp", "iat", "sub", "jti", "token_use"],
  validate: (claims, { tokenUse, audience }) => {
    try {
      validateCognitoJwtFields(claims as JwtPayload, { tokenUse, clientId: [...audience] });
      return undefined;
    } catch (error) {
      return error instanceof CognitoJwtInvalidTokenUseError ? "token-use-mismatch" : "audience-mismatch";
    }
  },
};

/**
 * The second issuer of a user pool that issues tokens for several Regions, now or earlier.
 * @see
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
 */
function otherName(issuer: string): string | undefined {
  const [, updated, rest] =
    /^https:\/\/(issuer-)?(cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[\w-]+)$/.exec(issuer) ?? [];
  if (rest === undefined) return undefined;
  return updated === undefined ? `https://issuer-${rest}` : `https://${rest}`;
}

export const cognito: IssuerProduct = {
  title: "Amazon Cognito",
  addClaims:
    "a pre-token-generation trigger of version 2 or 3, which can customize access tokens (feature plan Essentials or Plus)",
  claims: {
    ...oidc.claims,
    roles: "cognito:groups",
    session: "origin_jti",
    deviceId: "device_key",
    deviceTrust: "custom:device_trust_level",
    risk: "custom:risk_score",
  },
  keySet: {
    address: (base) => `${base}/.well-known/jwks.json`,
    shown: "<issuer>/.well-known/jwks.json",
  },
  form,
  tokens,
  otherName,
};
