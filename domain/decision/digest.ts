/** `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`;

/**
 * Digests of the rules that made a decision. Equal digests give equal decisions on equal questions,
 * for the same version of Sallyport.
 */
export interface DecisionDigests {
  /** Of the policies in their order, the segments and the schema */
  readonly policies: Digest;
  /** Of the authorizer's settings */
  readonly configuration: Digest;
}
