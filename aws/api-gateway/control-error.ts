/** The kinds of failure of calls to API Gateway, Lambda or STS. */
export type ControlErrorKind =
  | "access-denied"
  | "not-found"
  | "throttled"
  | "limit-exceeded"
  | "conflict"
  | "invalid"
  | "unreachable"
  | "credentials";

/**
 * The failure of one call, or of its last attempt: one message, and one sentence about the next
 * step.
 */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly kind: ControlErrorKind;
  /** The SDK's name of the call, such as `UpdateMethod` */
  readonly operation: string;
  readonly next: string;
  /**
   * The missing IAM action, such as `apigateway:PATCH`; only with `access-denied`, and only if AWS
   * named it
   */
  readonly action?: string;
  /** ARN that the missing permission applies to */
  readonly resource?: string;
  /** Whether the same call may succeed a little later */
  readonly passing: boolean;
  /** Whether AWS may have carried out the call although it failed */
  readonly uncertain: boolean;
  /** Seconds to wait, from AWS's response */
  readonly retryAfter?: number;

  constructor(failure: Failure) {
    super(failure.message);
    this.kind = failure.kind;
    this.operation = failure.operation;
    this.next = failure.next;
    if (failure.action !== undefined) this.action = failure.action;
    if (failure.resource !== undefined) this.resource = failure.resource;
    this.passing = failure.passing ?? false;
    this.uncertain = failure.uncertain ?? false;
    if (failure.retryAfter !== undefined) this.retryAfter = failure.retryAfter;
  }
}

interface Failure {
  readonly kind: ControlErrorKind;
  readonly operation: string;
  readonly message: string;
  readonly next: string;
  readonly action?: string;
  readonly resource?: string;
  readonly passing?: boolean;
  readonly uncertain?: boolean;
  readonly retryAfter?: number;
}

const CREDENTIALS =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch|InvalidAccessKeyId|MissingAuthenticationToken(Exception)?|AuthFailure|NotAuthorized)$/;
const DENIED = /^(AccessDenied(Exception)?|ForbiddenException|UnauthorizedException|UnauthorizedOperation)$/;
const THROTTLED =
  /^(TooManyRequestsException|Throttling(Exception)?|ThrottledException|RequestLimitExceeded|SlowDown|ProvisionedThroughputExceededException)$/;
const LIMIT = /\bmaximum number of\b|\blimit exceeded\b|\bexceed\w* (the )?(limit|quota|maximum)/i;
// Neither service has a code for this: only the message identifies it.
const CONCURRENT = /concurrent (modification|update)|an update is in progress|try again later/i;
// API Gateway v2 releases an authorizer some time after the last route did, and reports a conflict
// until then.
const HELD = /referenced|in use|used by/i;
const MISSING = /is not authorized to perform:? ([\w-]+:\w+)(?: on resource:? (\S+))?/i;
const DENY = /with an explicit deny in (an? [\w -]+?)(?:[.:,]|$)/i;
const LONGEST_QUOTE = 300;

/**
 * Converts any rejection of an SDK call into a ControlError. It never holds a stack, a header or a
 * credential.
 */
export function toControlError(error: unknown, operation: string): ControlError {
  if (error instanceof ControlError) return error;
  const details = read(error);
  const { retryAfter } = details;
  return new ControlError({
    operation,
    ...classify(details, operation),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

interface ErrorDetails {
  readonly name: string;
  readonly text: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfter: number | undefined;
}

function read(error: unknown): ErrorDetails {
  const known = (typeof error === "object" && error !== null ? error : {}) as {
    name?: unknown;
    message?: unknown;
    Message?: unknown;
    code?: unknown;
    retryAfterSeconds?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const text = [known.message, known.Message].find((value) => typeof value === "string" && value !== "");
  return {
    name: typeof known.name === "string" ? known.name : "",
    text: quote(typeof text === "string" ? text : ""),
    status: known.$metadata?.httpStatusCode,
    code: typeof known.code === "string" ? known.code : undefined,
    retryAfter: Number(known.retryAfterSeconds) > 0 ? Number(known.retryAfterSeconds) : undefined,
  };
}

/** The first line of AWS's message, shortened for use in a message. */
function quote(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
}

function classify(details: ErrorDetails, operation: string): Omit<Failure, "operation"> {
  const { name, text, status } = details;
  if (CREDENTIALS.test(name)) return credentials(details, operation);
  if (/^Region is missing/.test(text))
    return {
      kind: "credentials",
      message: "No AWS Region is set.",
      next: "Set --region, AWS_REGION, or a region in the AWS profile.",
    };
  if (isForeign(details)) return foreign(details, operation);
  if (DENIED.test(name) || status === 403 || MISSING.test(text)) return denied(text, operation);
  if (status !== undefined && status < 500 && LIMIT.test(text)) return limit(text, operation);
  if (name === "LimitExceededException") return limit(text, operation);
  if (THROTTLED.test(name) || status === 429)
    return {
      kind: "throttled",
      message: `AWS still throttles ${operation}: too many requests in this account and Region.`,
      next: "Wait until no other deployment runs here and run the same command again; it continues where it stopped.",
      passing: true,
    };
  if (status === undefined || status >= 500) return unreachable(details, operation);
  if (/NotFound/.test(name))
    return {
      kind: "not-found",
      message: `${operation}: not found${text && `: ${text}`}`,
      next: "Check the id, the Region and the account. If it was deleted in the meantime, run the same command again.",
    };
  if (status === 409 || /Conflict/.test(name))
    return {
      kind: "conflict",
      message: `${operation}: AWS reports a conflict${text && `: ${text}`}`,
      next: "Another process may be changing it. Run the same command again; it reads the current state.",
      passing: CONCURRENT.test(text) || (operation === "DeleteAuthorizer" && !HELD.test(text)),
    };
  return {
    kind: "invalid",
    message: `${operation} was refused as invalid${text && `: ${text}`}`,
    next: "The call changed nothing. If the command line is correct, report this as a bug.",
  };
}

/**
 * Whether the response came from something other than AWS: a proxy's page, or a server without the
 * path. Does not mean `not-found`.
 */
const isForeign = ({ name, text, status }: ErrorDetails): boolean =>
  name === "SyntaxError" || /Deserialization error/.test(text) || (status === 404 && !/NotFound/.test(name));

const foreign = ({ status }: ErrorDetails, operation: string): Omit<Failure, "operation"> => ({
  kind: "unreachable",
  message: `${operation} got status ${status ?? "unknown"}, and the response is not from AWS.`,
  next: "Check the AWS_ENDPOINT_URL variables and any proxy.",
  passing: (status ?? 0) >= 500,
  uncertain: true,
});

function denied(text: string, operation: string): Omit<Failure, "operation"> {
  const [, action, found] = MISSING.exec(text) ?? [];
  const resource = found?.replace(/[.,;]+$/, "");
  const deny = DENY.exec(text)?.[1]?.trim();
  const on = resource === undefined ? "" : ` on ${resource}`;
  return {
    kind: "access-denied",
    message:
      action === undefined
        ? `AWS does not allow ${operation} with these credentials.`
        : `AWS does not allow ${operation}: the IAM action ${action}${on} is missing.`,
    next:
      deny === undefined
        ? `Let the credentials' policy allow ${action ?? "it"}${on}, and run the same command again.`
        : `An explicit deny in ${deny} forbids it; ask the owner of that policy.`,
    ...(action !== undefined && { action }),
    ...(resource !== undefined && { resource }),
  };
}

const limit = (text: string, operation: string): Omit<Failure, "operation"> => ({
  kind: "limit-exceeded",
  message: `${operation} reached an AWS quota${text && `: ${text}`}`,
  next: operation.includes("Authorizer")
    ? "An API has at most 10 authorizers. Delete an unused one, or request an increase in Service Quotas."
    : "Delete unused resources, or request an increase in Service Quotas.",
});

function credentials({ name, text }: ErrorDetails, operation: string): Omit<Failure, "operation"> {
  const expired = /^ExpiredToken/.test(name) || /expired/i.test(text);
  return {
    kind: "credentials",
    message: expired
      ? "The AWS credentials have expired."
      : `No AWS credentials were found for ${operation}.`,
    next: expired
      ? "Sign in again, for example with aws sso login, and run the same command again; it continues where it stopped."
      : "Set AWS_PROFILE or the AWS credential variables, and check with aws sts get-caller-identity.",
  };
}

function unreachable(
  { name, text, status, code }: ErrorDetails,
  operation: string,
): Omit<Failure, "operation"> {
  // Without a response the call may have taken effect, unless the connection failed.
  const unsent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)$/.test(code ?? "");
  const what =
    status === undefined ? `no answer (${code ?? (name || quote(text) || "unknown")})` : `status ${status}`;
  return {
    kind: "unreachable",
    message: `${operation} failed: ${what}.`,
    next: "Check the network, the Region and the endpoint, and run the same command again; it continues where it stopped.",
    passing: true,
    uncertain: !unsent,
  };
}
