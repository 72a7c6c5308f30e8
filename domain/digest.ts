/**
 * SHA-256 in base64url without padding, passed as an argument because the domain imports no
 * cryptography.
 */
export type Digest = (text: string) => string;
