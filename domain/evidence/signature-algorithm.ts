/**
 * Signature algorithms that may be accepted; `none` and everything symmetric is not among them (RFC
 * 8725 §3.1).
 */
export const SIGNATURE_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  // RFC 9864 §2.2: EdDSA on that one curve, by its full name.
  "Ed25519",
] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];
