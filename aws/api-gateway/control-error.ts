/** What kept API Gateway, Lambda or STS from doing what was asked. */
export type ControlErrorKind =
  | "access-denied"
  | "not-found"
  | "throttled"
  | "limit-exceeded"
  | "conflict"
  | "invalid"
  | "unreachable"
  | "credentials";

/** The failure of one call, or of the last of its attempts: one plain message, and one sentence about what to do. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly kind: ControlErrorKind;
  /** The SDK's name of the call, such as `UpdateMethod` */
  readonly operation: string;
  readonly next: string;
  /** The IAM action that is missing, such as `apigateway:PATCH`; only with `access-denied`, and only if AWS named it */
  readonly action?: string;
  /** ARN that the action is missing on */
  readonly resource?: string;
  /** Whether the same call may go well a little later */
  readonly passing: boolean;
  /** Whether AWS can have carried the call out although it failed */
  readonly uncertain: boolean;
  /** Seconds that AWS asks to wait for */
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
// Neither service has a code of its own for this: what it says is all there is.
const CONCURRENT = /concurrent (modification|update)|an update is in progress|try again later/i;
// API Gateway's v2 service lets go of an authorizer some time after the last route did, and reports a conflict until then.
const HELD = /referenced|in use|used by/i;
const MISSING = /is not authorized to perform:? ([\w-]+:\w+)(?: on resource:? (\S+))?/i;
const DENY = /with an explicit deny in (an? [\w -]+?)(?:[.:,]|$)/i;
const LONGEST_QUOTE = 300;

/** Puts anything that an SDK call rejected with into a ControlError. Never holds a stack, a header or a credential. */
export function toControlError(error: unknown, operation: string): ControlError {
  if (error instanceof ControlError) return error;
  const said = read(error);
  const { retryAfter } = said;
  return new ControlError({
    operation,
    ...judge(said, operation),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

interface Said {
  readonly name: string;
  readonly text: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfter: number | undefined;
}

function read(error: unknown): Said {
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

/** One line of what AWS said, short enough to stand in a message. */
function quote(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
}

function judge(said: Said, operation: string): Omit<Failure, "operation"> {
  const { name, text, status } = said;
  if (CREDENTIALS.test(name)) return credentials(said, operation);
  if (/^Region is missing/.test(text))
    return {
      kind: "credentials",
      message: "No AWS Region is set.",
      next: "Give --region, or set AWS_REGION, or a region in the AWS profile.",
    };
  if (isForeign(said)) return foreign(said, operation);
  if (DENIED.test(name) || status === 403 || MISSING.test(text)) return denied(text, operation);
  if (status !== undefined && status < 500 && LIMIT.test(text)) return limit(text, operation);
  if (name === "LimitExceededException") return limit(text, operation);
  if (THROTTLED.test(name) || status === 429)
    return {
      kind: "throttled",
      message: `AWS still throttles ${operation}: too many requests in this account and Region.`,
      next: "Wait until nothing else deploys here and run the same command again; it goes on where it stopped.",
      passing: true,
    };
  if (status === undefined || status >= 500) return unreachable(said, operation);
  if (/NotFound/.test(name))
    return {
      kind: "not-found",
      message: `${operation}: not found${text && `: ${text}`}`,
      next: "Check the id, the Region and the account; or it was deleted meanwhile, then run the same command again.",
    };
  if (status === 409 || /Conflict/.test(name))
    return {
      kind: "conflict",
      message: `${operation}: AWS reports a conflict${text && `: ${text}`}`,
      next: "Somebody else may be changing it. Run the same command again; it reads everything anew.",
      passing: CONCURRENT.test(text) || (operation === "DeleteAuthorizer" && !HELD.test(text)),
    };
  return {
    kind: "invalid",
    message: `${operation} was refused as invalid${text && `: ${text}`}`,
    next: "Nothing was changed by this call. If the command line is right, please report it.",
  };
}

/** Whether something else than AWS answered: a proxy's page, or a server that does not know the path. That nothing is there is not said. */
const isForeign = ({ name, text, status }: Said): boolean =>
  name === "SyntaxError" || /Deserialization error/.test(text) || (status === 404 && !/NotFound/.test(name));

const foreign = ({ status }: Said, operation: string): Omit<Failure, "operation"> => ({
  kind: "unreachable",
  message: `${operation} was answered with status ${status ?? "unknown"}, and not as AWS does.`,
  next: "Check AWS_ENDPOINT_URL and its kin, and any proxy in between.",
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
        : `An explicit deny in ${deny} forbids it; ask who keeps that policy.`,
    ...(action !== undefined && { action }),
    ...(resource !== undefined && { resource }),
  };
}

const limit = (text: string, operation: string): Omit<Failure, "operation"> => ({
  kind: "limit-exceeded",
  message: `${operation}: a limit of AWS is reached${text && `: ${text}`}`,
  next: operation.includes("Authorizer")
    ? "An API has at most 10 authorizers. Delete one that no route uses, or ask AWS for more."
    : "Delete what is no longer needed, or ask AWS for more in Service Quotas.",
});

function credentials({ name, text }: Said, operation: string): Omit<Failure, "operation"> {
  const expired = /^ExpiredToken/.test(name) || /expired/i.test(text);
  return {
    kind: "credentials",
    message: expired
      ? "The AWS credentials have expired."
      : `There are no AWS credentials that ${operation} could be made with.`,
    next: expired
      ? "Sign in again, such as with aws sso login, and run the same command again; it goes on where it stopped."
      : "Set AWS_PROFILE, or the usual AWS environment variables, and check with aws sts get-caller-identity.",
  };
}

function unreachable({ name, text, status, code }: Said, operation: string): Omit<Failure, "operation"> {
  // Without an answer nobody knows what happened, except where no connection came about.
  const unsent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)$/.test(code ?? "");
  const what =
    status === undefined ? `no answer (${code ?? (name || quote(text) || "unknown")})` : `status ${status}`;
  return {
    kind: "unreachable",
    message: `${operation} could not be made: ${what}.`,
    next: "Check the network, the Region and the endpoint, and run the same command again; it goes on where it stopped.",
    passing: true,
    uncertain: !unsent,
  };
}
