import type { ReasonCode } from "../../domain/decision/reason.ts";
import type { ClaimMapping } from "../../domain/evidence/claim-mapping.ts";

/**
 * Everything that is special to one product that issues tokens. Each product has one file in this
 * folder and one line in `products.ts`; configuration, verification and documentation read it there.
 */
export interface IssuerProduct {
  /** The product's name in the documentation */
  readonly title: string;
  /** Where the product keeps what the decision needs */
  readonly claims: ClaimMapping;
  /** How operators add the claims that the product does not issue by itself, as a phrase for docs/tokens.md */
  readonly addClaims: string;
  /** Where the product publishes an issuer's keys; absent: where the issuer's discovery document says */
  readonly keySet?: KeySetPlace;
  /** How the configuration names an issuer; absent: by `issuer` and `audience` */
  readonly form?: IssuerForm;
  /** What the product's tokens promise; absent: what the configuration's `profile` says */
  readonly tokens?: ProductTokens;
  /** Values of the claim `typ` by which the product names its tokens; absent: it does not use the claim */
  readonly payloadTypes?: PayloadTypes;
  /** The other `iss` value under which the product issues tokens of the same users; undefined if there is none */
  readonly otherName?: (issuer: string) => string | undefined;
}

export interface KeySetPlace {
  /** @param base the issuer without a slash at its end */
  readonly address: (base: string) => string;
  /** The address as docs/keys.md shows it */
  readonly shown: string;
}

export interface PayloadTypes {
  /** Access tokens, in the product's spelling; under this product no other value is accepted */
  readonly access: readonly string[];
  /** Tokens of other kinds, in lower case; refused whatever product the configuration names */
  readonly other: readonly string[];
}

/** A product's own token form, which no RFC describes. */
export interface ProductTokens {
  /** Claims that must be present */
  readonly required: readonly string[];
  /** Why verified claims are not those of a token of the accepted kind for one of the accepted clients */
  readonly refuse: (
    claims: Readonly<Record<string, unknown>>,
    accepted: { readonly tokenUse: "access" | "id"; readonly audience: readonly string[] },
  ) => ReasonCode | undefined;
}

/** How the configuration file describes an issuer of a product that has fields of its own. */
export interface IssuerForm {
  /** Fields that no other product has, in the order of the JSON Schema */
  readonly fields: Readonly<Record<string, FormField>>;
  /** Fields that issuers of other products have and this one's do not, each with what is accepted instead */
  readonly without: Readonly<Partial<Record<"issuer" | "audience" | "profile", string>>>;
  /** Mistakes between fields; each field by itself is right or absent */
  readonly problems: (values: FormValues) => readonly FormProblem[];
  /** The `iss` of the tokens; undefined while the fields do not say it */
  readonly issuer: (values: FormValues) => string | undefined;
  /** Accepted audiences or clients; undefined while the fields do not say them */
  readonly audience: (values: FormValues) => readonly string[] | undefined;
  /** Which of the product's tokens are accepted; undefined: access tokens */
  readonly tokenUse?: (values: FormValues) => "access" | "id" | undefined;
}

export type FormValues = Readonly<Record<string, unknown>>;

export interface FormProblem {
  readonly field: string;
  readonly accepted: string;
}

/** One field of a form: a text, a list of texts, or one of a few words. */
export type FormField = {
  /** The JSON Schema's description */
  readonly says: string;
  readonly required?: true;
} & (
  | { readonly kind: "text"; readonly accepted: string; readonly pattern: RegExp }
  | { readonly kind: "list"; readonly accepted: string; readonly item: string }
  | { readonly kind: "choice"; readonly words: readonly string[] }
);
