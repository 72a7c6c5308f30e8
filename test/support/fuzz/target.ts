import type fc from "fast-check";
import type { Jwk, Parts } from "../hostile/world.ts";

/** One parser under fuzz. */
export interface Target<T = unknown> {
  readonly name: string;
  /** Its part of all inputs, relative to the others' */
  readonly share: number;
  readonly inputs: fc.Arbitrary<T>;
  /**
   * Feeds one input; throws, or tells what is wrong with the answer, or tells whether the input was
   * taken
   */
  readonly feed: (input: T) => Verdict | Promise<Verdict>;
}

export type Verdict = "taken" | "refused" | { readonly wrong: string };

export const target = <T>(one: Target<T>): Target => one as unknown as Target;
export const wrong = (what: string): Verdict => ({ wrong: what });

/** Header and claims to be signed, if anything is left that can be. */
export const partsOf = (parts: unknown): Parts => {
  const { header, claims } = (parts ?? {}) as Parts;
  const members = (value: unknown) => (typeof value === "object" && value !== null ? (value as Jwk) : "null");
  return { header: members(header), claims: members(claims) };
};

export const taken = (value: unknown): Verdict => (value === undefined ? "refused" : "taken");
