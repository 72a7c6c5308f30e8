/** What goes back to the client, whoever made it. */
export interface WireResponse {
  readonly status: number;
  /** A name may occur several times, as `Set-Cookie` does */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer;
}

/** How the authorizer of one request did. */
export interface AuthorizerTrace {
  readonly functionArn: string;
  readonly cached: boolean;
  /** `error` also stands for malformed output and time-outs; `none` means that an identity source was missing */
  readonly verdict: "allow" | "deny" | "error" | "none";
  /** Milliseconds of the invocation; absent for a cached or unasked authorizer */
  readonly durationMs?: number;
}

/** An answer with what a watcher of the gateway wants to know about it. */
export interface Answer extends WireResponse {
  readonly route?: string;
  readonly authorizer?: AuthorizerTrace;
}

/** A JSON answer as HTTP APIs give it. */
export function jsonResponse(status: number, body: unknown): WireResponse {
  return { status, headers: [["content-type", "application/json"]], body: JSON.stringify(body) };
}
