/**
 * The binary encoding of a part of a profile, field by field in the order of the description. A
 * part whose layout changes needs a new key (`FactorDefinition.key`), because the bytes do not name
 * their layout.
 */
export type PartLayout =
  /** Whole seconds since 1970, up to the year 2106 */
  | { readonly kind: "seconds" }
  /** A whole number from 0 */
  | { readonly kind: "whole"; readonly bytes: 2 | 4 }
  /** Degrees, kept to a hundredth */
  | { readonly kind: "degrees" }
  /** At most 127 bytes of UTF-8 */
  | { readonly kind: "text" }
  | { readonly kind: "list"; readonly of: PartLayout }
  | { readonly kind: "optional"; readonly of: PartLayout }
  | { readonly kind: "record"; readonly fields: Readonly<Record<string, PartLayout>> };

/** A layout that covers every field of a part. */
export type LayoutOf<Part> = unknown extends Part
  ? PartLayout
  : Part extends number
    ? { readonly kind: "seconds" | "degrees" } | { readonly kind: "whole"; readonly bytes: 2 | 4 }
    : Part extends string
      ? { readonly kind: "text" }
      : Part extends readonly (infer Entry)[]
        ? { readonly kind: "list"; readonly of: LayoutOf<Entry> }
        : {
            readonly kind: "record";
            readonly fields: { readonly [Field in keyof Part]-?: FieldLayout<Part, Field> };
          };

type FieldLayout<Part, Field extends keyof Part> =
  Record<never, never> extends Pick<Part, Field>
    ? { readonly kind: "optional"; readonly of: LayoutOf<NonNullable<Part[Field]>> }
    : LayoutOf<Part[Field]>;

export const SECONDS = { kind: "seconds" } as const;
export const DEGREES = { kind: "degrees" } as const;
export const TEXT = { kind: "text" } as const;
