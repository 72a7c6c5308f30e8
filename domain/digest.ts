/** SHA-256 in base64url without padding, handed in because the rules import no cryptography. */
export type Digest = (text: string) => string;
