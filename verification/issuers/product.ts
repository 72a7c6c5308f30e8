import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { ClaimMapping } from "../../domain/evidence/claim-mapping.ts";

/**
 * Everything that is specific to one product that issues tokens. Each product has one file in this
 * folder and one line in `products.ts`; configuration, verification and documentation read it
 * there.
 */
export interface IssuerProduct {
  /** The product's name in the documentation */
  readonly title: string;
  /** The claims that hold what the decision needs */
  readonly claims: ClaimMapping;
  /**
   * How operators add the claims that the product does not issue by default, as a phrase for
   * docs/tokens.md
   */
  readonly addClaims: string;
  /**
   * Where the product publishes an issuer's keys; absent: at the address in the issuer's discovery
   * document
   */
  readonly keySet?: KeySetPlace;
  /** How the configuration names an issuer; absent: by `issuer` and `audience` */
  readonly form?: IssuerForm;
  /** The rules for the product's tokens; absent: the configuration's `profile` decides */
  readonly tokens?: ProductTokens;
  /**
   * Values of the claim `typ` that the product gives its tokens; absent: it does not use the claim
   */
  readonly payloadTypes?: PayloadTypes;
  /**
   * The second `iss` value under which the product issues tokens of the same users; undefined if
   * there is none
   */
  readonly otherName?: (issuer: string) => string | undefined;
  /** Claims that tokens under this `iss` hold elsewhere than `claims` says */
  readonly claimsUnder?: (issuer: string) => Partial<ClaimMapping>;
  /**
   * The accepted form of an `iss`, for a name that the product never issues tokens under; undefined
   * for every other name
   */
  readonly nameProblem?: (issuer: string) => string | undefined;
}

export interface KeySetPlace {
  /** @param base the issuer without a trailing slash */
  readonly address: (base: string) => string;
  /** The address as docs/keys.md shows it */
  readonly shown: string;
}

export interface PayloadTypes {
  /** Access tokens, in the product's spelling; no other value is accepted for this product */
  readonly access: readonly string[];
  /** Tokens of other kinds, in lower case; refused for every product */
  readonly other: readonly string[];
}

/** A product's token form that no RFC describes. */
export interface ProductTokens {
  /** Claims that must be present */
  readonly required: readonly string[];
  /**
   * Why verified claims do not belong to a token of the accepted kind for one of the accepted
   * clients
   */
  readonly validate: (
    claims: Readonly<Record<string, unknown>>,
    accepted: { readonly tokenUse: "access" | "id"; readonly audience: readonly string[] },
  ) => ReasonCode | undefined;
}

/** How the configuration file describes an issuer of a product that has additional fields. */
export interface IssuerForm {
  /** Fields that only this product has, in the order of the JSON Schema */
  readonly fields: Readonly<Record<string, FormField>>;
  /** Fields of other products that this one does not have, each with the accepted alternative */
  readonly without: Readonly<Partial<Record<"issuer" | "audience" | "profile", string>>>;
  /** Inconsistencies between fields, each of which is valid or absent */
  readonly problems: (values: FormValues) => readonly FormProblem[];
  /** The `iss` of the tokens; undefined while the fields do not determine it */
  readonly issuer: (values: FormValues) => string | undefined;
  /** Accepted audiences or clients; undefined while the fields do not determine them */
  readonly audience: (values: FormValues) => readonly string[] | undefined;
  /** Which of the product's tokens are accepted; undefined: access tokens */
  readonly tokenUse?: (values: FormValues) => "access" | "id" | undefined;
}

export type FormValues = Readonly<Record<string, unknown>>;

export interface FormProblem {
  readonly field: string;
  readonly accepted: string;
}

/** One field of a form: a text, a list of texts, or an enumeration. */
export type FormField = {
  /** The JSON Schema's description */
  readonly says: string;
  readonly required?: true;
} & (
  | { readonly kind: "text"; readonly accepted: string; readonly pattern: RegExp }
  | { readonly kind: "list"; readonly accepted: string; readonly item: string }
  | { readonly kind: "choice"; readonly words: readonly string[] }
);
