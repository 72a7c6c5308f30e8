import type { ExplainedSurvivor } from "../check-report.ts";
import { explain } from "../explain.ts";
import { COMPILER } from "./reasons.ts";

const MATCHED = "Every group of the pattern matches at least an empty text, so that no default is used";

const REJECTED_EITHER_WAY =
  "A text in place of an empty one is not the characters of a token either, so that both are malformed";

export const AUTHORIZER: readonly ExplainedSurvivor[] = [
  ...explain(COMPILER, {
    "lambda/authorizer/authorize.ts": [
      [
        'token.status === "verified" ? verifyProofs(request, token, ports.proofs, ports.now()) : token,',
        'token.status === "verified"',
        "true",
      ],
      [
        'return isEnforced(enforcement, match.status === "matched" ? match.segments : undefined);',
        'match.status === "matched"',
        "true",
      ],
    ],
    "lambda/authorizer/read-request.ts": [
      ["const parts = arn === undefined ? null : ARN.exec(arn);", "arn === undefined", "false"],
      [
        "if (arn === undefined || parts === null) return unreadable(kind, receivedAt);",
        "arn === undefined",
        "false",
      ],
      [
        "if (country === undefined || !/^[A-Z]{2}$/.test(country)) return undefined;",
        "country === undefined",
        "false",
      ],
      ["return address === undefined ? undefined : readAddress(address);", "address === undefined", "false"],
    ],
    "lambda/authorizer/render-response.ts": [
      [
        'const identity = caller.status === "verified" ? caller : undefined;',
        'caller.status === "verified"',
        "true",
      ],
    ],
  }),
  ...explain(MATCHED, {
    "lambda/authorizer/read-request.ts": [
      [
        'const [, partition = "", region = "", accountId = "", apiId = "", stage = "", verb = "", rest = ""] = parts;',
        '""',
        '"Stryker was here!"',
      ],
      ['const [, scheme = "", characters] = CREDENTIALS.exec(header) ?? [];', '""', '"Stryker was here!"'],
    ],
  }),
  ...explain("The groups are greedy and take the ARN to its end, with or without the anchor", {
    "lambda/authorizer/read-request.ts": [
      [
        "const ARN = /^arn:([\\w-]+):execute-api:([\\w-]+):(\\d{12}):([\\w-]+)\\/([^/]+)\\/([^/]+)(?:\\/(.*))?$/s;",
        "/^arn:([\\w-]+):execute-api:([\\w-]+):(\\d{12}):([\\w-]+)\\/([^/]+)\\/([^/]+)(?:\\/(.*))?$/s",
        "/^arn:([\\w-]+):execute-api:([\\w-]+):(\\d{12}):([\\w-]+)\\/([^/]+)\\/([^/]+)(?:\\/(.*))?/s",
      ],
    ],
  }),
  ...explain("Only the first and the second group of the list are read", {
    "lambda/authorizer/read-request.ts": [
      ['const [, scheme = "", characters] = CREDENTIALS.exec(header) ?? [];', "[]", '["Stryker was here"]'],
    ],
  }),
  ...explain("A request with a flaw is denied for it before its segments are looked at", {
    "lambda/authorizer/authorize.ts": [
      [
        'return request.flaw === undefined ? segmentsOf(table, request.path) : { status: "ambiguous" };',
        '{ status: "ambiguous" }',
        "{}",
      ],
      [
        'return request.flaw === undefined ? segmentsOf(table, request.path) : { status: "ambiguous" };',
        '"ambiguous"',
        '""',
      ],
    ],
  }),
  ...explain(REJECTED_EITHER_WAY, {
    "lambda/authorizer/read-websocket.ts": [
      ['protocol === TOKEN_PROTOCOL ? [offered[index + 1] ?? ""] : [],', '""', '"Stryker was here!"'],
      [
        'return values.map((value) => (typeof value === "string" ? value : ""));',
        '""',
        '"Stryker was here!"',
      ],
    ],
  }),
  ...explain("No protocol is called that, and headers with an empty list are as good as without it", {
    "lambda/authorizer/read-websocket.ts": [
      ['...tokensOfProtocols(headers.get("sec-websocket-protocol") ?? []),', "[]", '["Stryker was here"]'],
      ["if (tokens.length === 0) return headers;", "tokens.length === 0", "false"],
    ],
  }),
];
