import type { Enforcement } from "../decision/enforcement.ts";
import type { ReasonCode } from "../decision/reason.ts";
import type { EpochMs } from "../time.ts";
import type { RawToken } from "./raw-token.ts";

/** The shapes of event in which API Gateway asks a Lambda authorizer. */
export type GatewayEventKind = "rest-request" | "rest-token" | "http-1.0" | "http-2.0" | "websocket";

/** What the request carries to prove who sends it. */
export type Credentials =
  | { readonly status: "bearer"; readonly scheme: "Bearer" | "DPoP"; readonly token: RawToken }
  | { readonly status: "absent" }
  | { readonly status: "unusable"; readonly reason: ReasonCode };

/** Where the caller seems to be. Absent fields are unknown, never guessed. */
export interface Location {
  /** ISO 3166-1 alpha-2, upper case */
  readonly country?: string;
  readonly city?: string;
  /** Degrees; both or neither. Never a country's centroid. */
  readonly latitude?: number;
  readonly longitude?: number;
}

/**
 * One request to judge, read from an untrusted gateway event. It says what the gateway says and
 * proves nothing. A `flaw` means that the event could not be read whole; such a request is denied
 * for that reason and never evaluated.
 */
export interface AccessRequest {
  readonly kind: GatewayEventKind;
  readonly flaw?: ReasonCode;
  /**
   * `methodArn` or `routeArn`, the name of this very route and path; empty if the event had none
   */
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  /**
   * Upper case, as in the ARN; `CONNECT` for a connection to a WebSocket API, whose path is
   * `/$connect`
   */
  readonly method: string;
  /**
   * The path below the stage, with its leading slash, as the ARN has it (no base path of a custom
   * domain)
   */
  readonly path: string;
  /** The gateway's name for the route: `/orders/{id}` or `GET /orders/{id}` */
  readonly route?: string;
  /** The gateway's id for the request */
  readonly requestId?: string;
  /** A textual IPv4 or IPv6 address */
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly location?: Location;
  readonly credentials: Credentials;
  /** The `DPoP` header, if it came exactly once */
  readonly proof?: RawToken;
  /**
   * The client certificate that the gateway verified, as PEM; the first of a chain is the client's
   * own
   */
  readonly certificate?: string;
  /** Which verdicts count on the stage that was called; absent: all */
  readonly enforcement?: Enforcement;
  /** When the authorizer began to read it */
  readonly receivedAt: EpochMs;
}
