import { ENFORCE_VARIABLE } from "../../contract/gateway.ts";
import type { GeoSource, WebSocketSettings } from "../../contract/settings.ts";
import { type Enforcement, readEnforcement } from "../../domain/decision/enforcement.ts";
import type { ReasonCode } from "../../domain/decision/reason.ts";
import type {
  AccessRequest,
  Credentials,
  GatewayEventKind,
  Location,
} from "../../domain/evidence/access-request.ts";
import { RawToken } from "../../domain/evidence/raw-token.ts";
import type { EpochMs } from "../../domain/time.ts";
import { readAddress } from "../client-address.ts";
import { type Headers, readHeaders, soleValue } from "./read-headers.ts";
import { readRoute } from "./read-route.ts";
import { isConnectContext, isWebSocketArn, withHandshakeTokens } from "./read-websocket.ts";

/** Longest accepted token. API Gateway itself limits all headers together to 10,240 bytes. */
const LONGEST_TOKEN = 8192;
/**
 * API Gateway's limit for a resource in an authorizer's policy; a longer ARN could not be answered.
 */
const LONGEST_ARN = 512;

/** A DPoP proof with an RSA key of 4,096 bits has about 2,000 characters. */
const LONGEST_PROOF = 4096;

const ARN = /^arn:([\w-]+):execute-api:([\w-]+):(\d{12}):([\w-]+)\/([^/]+)\/([^/]+)(?:\/(.*))?$/s;
// RFC 6750 §2.1: b64token; the scheme's name is case-insensitive (RFC 9110 §11.1). RFC 9449 §7.1
// has the same characters, as token68. Around them stand blanks and tabs (RFC 9110 §5.6.3), not
// whatever else `trim` takes for white space.
const CREDENTIALS = /^[ \t]*(bearer|dpop) +([A-Za-z0-9\-._~+/]+=*)[ \t]*$/i;

/** A JWT without a scheme, as clients of Cognito authorizers send it. */
const BARE_JWT = /^[ \t]*[\w-]+\.[\w-]+\.[\w-]*[ \t]*$/;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an untrusted authorizer event of any kind into an access request.
 *
 * Never throws. What cannot be read makes a `flaw` or unusable credentials, for which the request
 * is denied. The path is the one in the route's ARN: it names the route that API Gateway chose,
 * without the base path of a custom domain; the event's other names of the route must agree. Does
 * not verify the token or the proof, nor believe any `X-Forwarded-*` header; CloudFront's viewer
 * headers count only for `geo: "cloudfront"`. Of the query nothing is read but a WebSocket client's
 * token, where `webSocket` asks for it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function readRequest(
  event: unknown,
  geo: GeoSource,
  receivedAt: EpochMs,
  webSocket?: WebSocketSettings,
): AccessRequest {
  const fields = fieldsOf(event);
  const kind = kindOf(fields);
  if (kind === undefined) return unreadable("rest-request", receivedAt);
  const arn = text(kind === "http-2.0" ? fields.routeArn : fields.methodArn);
  const parts = arn === undefined ? null : ARN.exec(arn);
  if (arn === undefined || parts === null) return unreadable(kind, receivedAt);

  const [, partition = "", region = "", accountId = "", apiId = "", stage = "", verb = "", rest = ""] = parts;
  // The ARN of a connection has its route where others have method and path.
  const [arnMethod, arnPath] = kind === "websocket" ? ["CONNECT", verb] : [verb, rest];
  const context = fieldsOf(fields.requestContext);
  const named = { apiId, stage, method: arnMethod, path: `/${arnPath}` };
  const { method, path, agrees } = readRoute(fields, context, kind, named);
  const sent = readHeaders(fields, kind);
  const headers = kind === "websocket" ? withHandshakeTokens(sent, fields, webSocket) : sent;
  const flaw = flawOf(fields, kind, arn, method, headers) ?? (agrees ? undefined : "route-mismatch");
  const seen = kind === "http-2.0" ? fieldsOf(context.http) : fieldsOf(context.identity);
  const proof = proofIn(headers);
  const certificate = certificateIn(context, kind);
  const route = text(
    kind === "websocket" ? context.routeKey : kind === "http-2.0" ? fields.routeKey : fields.resource,
  );
  const requestId = text(context.requestId);
  const sourceIp = addressOf(seen.sourceIp, headers, geo);
  const userAgent = text(seen.userAgent) ?? soleValue(headers, "user-agent");
  const location = geo === "cloudfront" ? viewerLocation(headers) : undefined;
  return {
    kind,
    ...(flaw !== undefined && { flaw }),
    arn,
    partition,
    region,
    accountId,
    apiId,
    stage,
    method,
    // HTTP APIs decode the path, REST APIs hand it over as it came: a bare `%` in a decoded one is
    // a character, not an escape.
    path: kind.startsWith("http") ? path.replace(/%(?![\dA-Fa-f]{2})/g, "%25") : path,
    ...(route !== undefined && { route }),
    ...(requestId !== undefined && { requestId }),
    ...(sourceIp !== undefined && { sourceIp }),
    ...(userAgent !== undefined && { userAgent }),
    ...(location !== undefined && { location }),
    credentials:
      kind === "rest-token"
        ? credentialsIn(fields.authorizationToken)
        : besideProof(credentialsOf(headers), proof),
    ...(proof instanceof RawToken && { proof }),
    ...(certificate !== undefined && { certificate }),
    ...(kind !== "rest-token" && { enforcement: enforcementIn(fields) }),
    receivedAt,
  };
}

function unreadable(kind: GatewayEventKind, receivedAt: EpochMs): AccessRequest {
  const unknown = {
    arn: "",
    partition: "",
    region: "",
    accountId: "",
    apiId: "",
    stage: "",
    method: "",
    path: "",
  };
  return { kind, flaw: "request-malformed", ...unknown, credentials: { status: "absent" }, receivedAt };
}

function kindOf(fields: Fields): GatewayEventKind | undefined {
  if (fields.type === "TOKEN" && fields.version === undefined) return "rest-token";
  if (fields.type !== "REQUEST") return undefined;
  if (fields.version === "2.0") return "http-2.0";
  if (fields.version === "1.0") return "http-1.0";
  if (fields.version !== undefined) return undefined;
  return isWebSocketArn(fields.methodArn) ? "websocket" : "rest-request";
}

function flawOf(
  fields: Fields,
  kind: GatewayEventKind,
  arn: string,
  method: string,
  headers: Headers | undefined,
): ReasonCode | undefined {
  if (headers === undefined || !/^[A-Z]{1,20}$/.test(method)) return "request-malformed";
  if (kind === "http-2.0") {
    return fieldsOf(fieldsOf(fields.requestContext).http).method === method ? undefined : "request-malformed";
  }
  // The ARN becomes the policy's resource, where these are wildcards and variables that would widen
  // an allow.
  if (arn.length > LONGEST_ARN || /[*?]|\$\{/.test(arn)) return "request-malformed";
  if (kind === "rest-token") return undefined;
  if (kind === "websocket")
    return isConnectContext(fieldsOf(fields.requestContext)) ? undefined : "request-malformed";
  return fields.httpMethod === method ? undefined : "request-malformed";
}

function credentialsOf(headers: Headers | undefined): Credentials {
  const values = headers?.get("authorization") ?? [];
  const [value] = values;
  if (value === undefined) return { status: "absent" };
  // Two values, or one that a proxy joined from two: a reader of the other one sees another caller.
  // Other schemes, such as AWS4-HMAC-SHA256, have commas in one credential.
  if (values.length > 1 || (value.includes(",") && /\b(bearer|dpop)\b/i.test(value)))
    return { status: "unusable", reason: "credentials-ambiguous" };
  return credentialsIn(value);
}

function credentialsIn(header: unknown): Credentials {
  if (typeof header !== "string" || header.trim() === "") return { status: "absent" };
  if (header.length > LONGEST_TOKEN) return { status: "unusable", reason: "token-too-large" };
  const [, scheme = "", characters] = CREDENTIALS.exec(header) ?? [];
  if (characters !== undefined) {
    return {
      status: "bearer",
      scheme: scheme.length === "DPoP".length ? "DPoP" : "Bearer",
      token: new RawToken(characters),
    };
  }
  return { status: "unusable", reason: reasonOf(header) };
}

function reasonOf(header: string): ReasonCode {
  if (/^[ \t]*(bearer|dpop)\b/i.test(header)) return "token-malformed";
  return BARE_JWT.test(header) ? "token-scheme-missing" : "token-missing";
}

/** The proof of possession, if there is exactly one and it can be one (RFC 9449 §4.3 step 1). */
function proofIn(headers: Headers | undefined): RawToken | "unusable" | undefined {
  const values = headers?.get("dpop") ?? [];
  const [value] = values;
  if (value === undefined) return undefined;
  // HTTP APIs join two values by a comma, which is in no JWS.
  const usable =
    values.length === 1 && value.length <= LONGEST_PROOF && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value);
  return usable ? new RawToken(value) : "unusable";
}

function besideProof(credentials: Credentials, proof: RawToken | "unusable" | undefined): Credentials {
  if (proof !== "unusable" || credentials.status !== "bearer") return credentials;
  return { status: "unusable", reason: "proof-invalid" };
}

/** Stage variables are the API owner's word: no client can set one. */
function enforcementIn(fields: Fields): Enforcement {
  const variables = fieldsOf(fields.stageVariables);
  return readEnforcement(
    Object.hasOwn(variables, ENFORCE_VARIABLE) ? text(variables[ENFORCE_VARIABLE]) : undefined,
  );
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html */
function certificateIn(context: Fields, kind: GatewayEventKind): string | undefined {
  const seen = fieldsOf(kind === "http-2.0" ? context.authentication : context.identity);
  return text(fieldsOf(seen.clientCert).clientCertPem);
}

function addressOf(seen: unknown, headers: Headers | undefined, geo: GeoSource): string | undefined {
  const viewer = geo === "cloudfront" ? soleValue(headers, "cloudfront-viewer-address") : undefined;
  // CloudFront appends the port: `198.51.100.10:46532`, and for IPv6 `2001:db8::1:46532`.
  const address = viewer?.replace(/:\d+$/, "") ?? text(seen);
  return address === undefined ? undefined : readAddress(address);
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html */
function viewerLocation(headers: Headers | undefined): Location | undefined {
  const country = soleValue(headers, "cloudfront-viewer-country");
  if (country === undefined || !/^[A-Z]{2}$/.test(country)) return undefined;
  const city = soleValue(headers, "cloudfront-viewer-city");
  const latitude = degrees(soleValue(headers, "cloudfront-viewer-latitude"), 90);
  const longitude = degrees(soleValue(headers, "cloudfront-viewer-longitude"), 180);
  const placed = city !== undefined && latitude !== undefined && longitude !== undefined;
  // Without a city the coordinates are the country's middle, which would make travel out of
  // nothing.
  return placed ? { country, city, latitude, longitude } : { country };
}

function degrees(value: string | undefined, bound: number): number | undefined {
  const number = value === undefined || value.trim() === "" ? Number.NaN : Number(value);
  return Math.abs(number) <= bound ? number : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
