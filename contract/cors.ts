/** Request headers that browsers may send to a protected API. */
export const ALLOWED_HEADERS = ["Authorization", "Content-Type", "DPoP", "X-Requested-With"];

/**
 * Response headers that a page may read; without it a step-up challenge stays hidden from scripts.
 */
export const EXPOSED_HEADERS = ["WWW-Authenticate", "DPoP-Nonce"];
