/** Accepted values of one field of a factor's rules in the configuration file. */
export type FactorSetting = {
  /** The field in one sentence, for the schema and the docs */
  readonly describes: string;
} & (
  | {
      readonly kind: "whole";
      readonly from: number;
      readonly to: number;
      /** Name of the number in an error, such as "whole seconds" */
      readonly unit?: string;
    }
  | { readonly kind: "path-prefixes" }
  | {
      readonly kind: "list";
      readonly of: Readonly<Record<string, FactorSetting>>;
      readonly atLeast: number;
      /** The accepted values, for an error */
      readonly accepted: string;
    }
);

/** A setting for every field of a factor's rules. */
export type SettingsOf<Rules> = unknown extends Rules
  ? Readonly<Record<string, FactorSetting>>
  : { readonly [Field in keyof Rules]: FactorSetting };

/** Points that one factor gives. */
export const POINTS: FactorSetting = {
  kind: "whole",
  from: 0,
  to: 100,
  describes: "Points that the factor adds to the score.",
};

/** For how long a factor remembers an access. */
export const memory = (describes: string): FactorSetting => ({
  kind: "whole",
  from: 1,
  to: 7 * 24 * 3600,
  unit: "whole seconds",
  describes,
});
