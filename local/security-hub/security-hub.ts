import { listen, readBody } from "../listen.ts";
import { findFault, type SentFinding } from "./asff.ts";
import { createFindingStore, type StoredFinding } from "./finding-store.ts";

/** Called with every finding that was stored or updated, in its current version. */
export type FindingListener = (finding: StoredFinding) => void;

/** A Security Hub that accepts findings, and can be set to fail. */
export interface SecurityHub {
  /** For AWS_ENDPOINT_URL_SECURITYHUB */
  readonly endpoint: string;
  readonly findings: () => readonly StoredFinding[];
  /** Returns a function that removes the listener */
  readonly onFinding: (listener: FindingListener) => () => void;
  /** Refuses the next findings one by one; other findings of the same call are accepted */
  readonly refuseNext: (count: number, code?: string) => void;
  /** Throttles the next calls */
  readonly throttleNext: (calls: number) => void;
  /** From now on, answers as in a Region where Security Hub is not enabled */
  readonly disable: () => void;
  readonly enable: () => void;
  readonly close: () => Promise<void>;
}

interface Answered {
  readonly status: number;
  /** Name of the exception; absent on success */
  readonly error?: string;
  readonly output: unknown;
}

const MOST_FINDINGS = 100;
/** Bytes of one call */
const LARGEST_CALL = 6 * 1024 * 1024;

/**
 * Serves only BatchImportFindings, for one account and Region. An invalid finding is refused by
 * itself, with status 200 for the call; more than 100 findings, or more than 6 MB, fail the call.
 * Does not enforce the rate limit.
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
export async function startSecurityHub(owner: {
  readonly region: string;
  readonly accountId: string;
}): Promise<SecurityHub> {
  const store = createFindingStore(owner.region);
  const listeners = new Set<FindingListener>();
  let [throttles, refusals, refusalCode, enabled] = [0, 0, "InternalException", true];

  const importOne = (finding: SentFinding): { readonly code: string; readonly why: string } | undefined => {
    const fault = findFault(finding, owner);
    if (fault !== undefined) {
      return { code: "InvalidInput", why: `Finding does not adhere to Amazon Finding Format. ${fault}.` };
    }
    if (refusals > 0) {
      refusals -= 1;
      return { code: refusalCode, why: "Refused on request of the test" };
    }
    const stored = store.put(finding);
    if (stored !== undefined) for (const heard of listeners) heard(stored);
    return undefined;
  };

  const importBatch = (body: string | undefined): Answered => {
    if (!enabled)
      return fail(
        401,
        "InvalidAccessException",
        `Account ${owner.accountId} is not subscribed to AWS Security Hub`,
      );
    if (throttles > 0) {
      throttles -= 1;
      return fail(429, "LimitExceededException", "Rate exceeded");
    }
    const findings = readFindings(body);
    if (findings === undefined) {
      return fail(
        400,
        "InvalidInputException",
        `Findings must be a list of 1 to ${MOST_FINDINGS} objects, at most 6 MB`,
      );
    }
    const failed = findings.flatMap((finding) => {
      const refused = importOne(finding);
      return refused === undefined
        ? []
        : [{ Id: String(finding.Id ?? ""), ErrorCode: refused.code, ErrorMessage: refused.why }];
    });
    const output = {
      FailedCount: failed.length,
      SuccessCount: findings.length - failed.length,
      FailedFindings: failed,
    };
    return { status: 200, output };
  };

  const listener = await listen(async (request, response) => {
    const body = await readBody(request, LARGEST_CALL).catch(() => undefined);
    const served = `${request.method} ${request.url}` === "POST /findings/import";
    const { status, error, output } = served
      ? importBatch(body)
      : fail(
          404,
          "ResourceNotFoundException",
          `${request.method} ${request.url} is not served on the laptop`,
        );
    response.writeHead(status, {
      "Content-Type": "application/json",
      ...(error !== undefined && { "x-amzn-ErrorType": error }),
    });
    response.end(JSON.stringify(output));
  });

  return {
    endpoint: listener.url,
    findings: store.all,
    onFinding: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    refuseNext: (count, code = "InternalException") => {
      [refusals, refusalCode] = [count, code];
    },
    throttleNext: (calls) => {
      throttles = calls;
    },
    disable: () => {
      enabled = false;
    },
    enable: () => {
      enabled = true;
    },
    close: listener.close,
  };
}

function readFindings(body: string | undefined): readonly SentFinding[] | undefined {
  try {
    const { Findings } = JSON.parse(body ?? "") as { Findings?: unknown };
    if (!Array.isArray(Findings) || Findings.length === 0 || Findings.length > MOST_FINDINGS)
      return undefined;
    const whole = Findings.every((item) => typeof item === "object" && item !== null && !Array.isArray(item));
    return whole ? (Findings as readonly SentFinding[]) : undefined;
  } catch {
    return undefined;
  }
}

const fail = (status: number, error: string, message: string): Answered => ({
  status,
  error,
  output: { Code: error, Message: message },
});
