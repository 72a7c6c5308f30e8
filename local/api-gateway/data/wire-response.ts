/** The response to the client, from any source. */
export interface WireResponse {
  readonly status: number;
  /** A name may occur several times, for example `Set-Cookie` */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer;
}

/** The authorizer's part in one request. */
export interface AuthorizerTrace {
  readonly functionArn: string;
  readonly cached: boolean;
  /** `error` includes malformed output and timeouts; `none`: an identity source was missing */
  readonly verdict: "allow" | "deny" | "error" | "none";
  /**
   * Milliseconds of the invocation; absent if the result was cached or the authorizer was not
   * called
   */
  readonly durationMs?: number;
}

/** A response and what observers of the gateway record about it. */
export interface Answer extends WireResponse {
  readonly route?: string;
  readonly authorizer?: AuthorizerTrace;
}

/** A JSON response as HTTP APIs send it. */
export function jsonResponse(status: number, body: unknown): WireResponse {
  return { status, headers: [["content-type", "application/json"]], body: JSON.stringify(body) };
}
