import type { z } from "zod";
import type { IssuerSettings } from "../contract/settings.ts";
import type { FormField, FormProblem, FormValues } from "../verification/issuers/product.ts";
import { ISSUER_PRESETS, type IssuerPreset, PRODUCTS } from "../verification/issuers/products.ts";
import { listOf, nonEmpty, oneOf, text } from "./fields.ts";

/** An issuer of the file, as far as the products' forms read it. */
type NamedIssuer = FormValues & {
  readonly preset: IssuerPreset;
  readonly issuer?: string | undefined;
  readonly audience?: readonly string[] | undefined;
};

/**
 * The fields that only issuers of one product have, for the schema of every issuer: `formProblems`
 * says whose they are.
 */
export function productFields(): Readonly<Record<string, z.ZodOptional>> {
  const fields = ISSUER_PRESETS.flatMap((preset) => Object.entries(PRODUCTS[preset].form?.fields ?? {}));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, schemaOf(field).optional().describe(field.says)]),
  );
}

function schemaOf(field: FormField): z.ZodType {
  switch (field.kind) {
    case "text":
      return text(field.accepted, (value) => field.pattern.test(value));
    case "list":
      return listOf(nonEmpty(field.item), field.accepted, 1);
    case "choice":
      return oneOf(field.words);
  }
}

/** The `iss` that an issuer's tokens carry; undefined if the issuer is named in no usable way. */
export function issuerUrlOf(issuer: NamedIssuer): string | undefined {
  const { form } = PRODUCTS[issuer.preset];
  return form === undefined ? issuer.issuer : form.issuer(issuer);
}

/**
 * What the file says of an issuer in its product's own fields, as settings; undefined if it does
 * not say enough.
 */
export function namedIssuer(
  issuer: NamedIssuer,
): Pick<IssuerSettings<IssuerPreset>, "preset" | "issuer" | "audience" | "tokenUse"> | undefined {
  const { preset } = issuer;
  const { form } = PRODUCTS[preset];
  const url = issuerUrlOf(issuer);
  const audience = form === undefined ? issuer.audience : form.audience(issuer);
  if (url === undefined || audience === undefined) return undefined;
  const tokenUse = form?.tokenUse?.(issuer);
  return { preset, issuer: url, audience, ...(tokenUse !== undefined && { tokenUse }) };
}

const EVERY_ISSUER = {
  issuer: "an https URL, the exact `iss` of the tokens",
  audience: "a list with at least one accepted `aud`",
};

/** Finds fields that an issuer of this product needs and lacks, or has and must not have. */
export function formProblems(issuer: NamedIssuer): readonly (FormProblem & { readonly found: unknown })[] {
  const { form } = PRODUCTS[issuer.preset];
  const without = form?.without ?? {};
  const needed = [
    ...Object.entries(EVERY_ISSUER).filter(([field]) => !Object.hasOwn(without, field)),
    ...Object.entries(form?.fields ?? {}).flatMap(([field, entry]) =>
      entry.required === true ? [[field, acceptedBy(entry)] as const] : [],
    ),
  ].filter(([field]) => issuer[field] === undefined);
  const rejected = [...Object.entries(without), ...fieldsOfOthers(issuer.preset)].filter(
    ([field]) => issuer[field] !== undefined,
  );
  return [
    ...[...needed, ...rejected].map(([field, accepted]) => ({ field, accepted })),
    ...(form?.problems(issuer) ?? []),
    ...nameProblems(issuer),
  ].map((problem) => ({ ...problem, found: issuer[problem.field] }));
}

/** `iss` is a name: it may be an http URL where the keys come from an https address. */
function nameProblems({ preset, issuer, jwksUri }: NamedIssuer): readonly FormProblem[] {
  if (issuer === undefined || PRODUCTS[preset].form !== undefined) return [];
  const accepted =
    issuer.startsWith("http:") && jwksUri === undefined
      ? "an https URL; an http URL is accepted only with jwksUri, the https address of the keys"
      : PRODUCTS[preset].nameProblem?.(issuer);
  return accepted === undefined ? [] : [{ field: "issuer", accepted }];
}

function acceptedBy(field: FormField): string {
  return field.kind === "choice" ? `one of ${field.words.join(", ")}` : field.accepted;
}

function fieldsOfOthers(own: IssuerPreset): readonly (readonly [string, string])[] {
  return ISSUER_PRESETS.filter((preset) => preset !== own).flatMap((preset) =>
    Object.keys(PRODUCTS[preset].form?.fields ?? {}).map(
      (field) => [field, `nothing: ${field} is for the preset "${preset}"`] as const,
    ),
  );
}
