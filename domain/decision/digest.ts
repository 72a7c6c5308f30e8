/** `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** What a decision was made by. Equal digests decide an equal question equally, for the same version of Sallyport. */
export interface DecisionDigests {
  /** Of the policies in their order, the segments and the schema */
  readonly policies: Digest;
  /** Of the authorizer's settings */
  readonly configuration: Digest;
}
