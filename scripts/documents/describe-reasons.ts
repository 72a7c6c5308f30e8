import { HTTP_DENIAL_STATUS, REST_DENIAL_STATUS } from "../../contract/gateway.ts";
import { type Outcome, REASONS, type ReasonFacts } from "../../domain/decision/reason.ts";
import { readMarkdown } from "../prose/read-markdown.ts";
import { wrapText } from "../prose/wrap-text.ts";

const PREAMBLE = `# Reasons

<!-- Generated from domain/decision/reason.ts by \`npm run reasons\`. Change that file, not this one. -->

Every decision carries at least one of these codes, the deciding one first. Logs, events, metrics, policies
(\`@reason("…")\`) and the caller's answer all use them; there are no others.

The *status* is the one that the RFCs give the reason, and *OAuth error* the code that goes with it (RFC 6750 §3.1,
RFC 9470 §3). API Gateway cannot say each of them:

- **REST APIs** answer a denial through a gateway response, and there is one status for each *type* of gateway response,
  whatever the reason. A denial by the authorizer is of type \`ACCESS_DENIED\`; Sallyport's gateway response answers it
  with ${REST_DENIAL_STATUS}, because that is the status under which clients act on a \`WWW-Authenticate\` challenge. The JSON body
  has the reason, the OAuth error and the kind of step-up; the header has the challenge. Without Sallyport's gateway
  responses a REST API answers 403 with its own body.
- **HTTP APIs** have no gateway responses. They answer every denial with ${HTTP_DENIAL_STATUS} and their own body; the reason is in
  the event and the log only.
- A request **without the header** that an API takes the token from is answered 401 by API Gateway itself, before the
  authorizer is asked, where the API names that header as the authorizer's identity source.

Reasons with a status of 500 or 503 are denials too: a fault never lets a request through.
`;

const HEADINGS: readonly (readonly [Outcome, string, string])[] = [
  ["allow", "Allow", "The request goes on to the backend, which gives the status."],
  [
    "step-up",
    "Step-up",
    "The caller is asked to authenticate again or with more factors, and may then succeed. No default policy gives `authentication-too-old`; it comes from `maxAuthenticationAge` of issuers and segments and from policies of your own, see docs/tokens.md.",
  ],
  ["deny", "Deny", "The request ends here."],
];

/** The text of docs/reasons.md. Pure. */
export function describeReasons(reasons: Readonly<Record<string, ReasonFacts>> = REASONS): string {
  const sections = HEADINGS.map(([outcome, title, says]) => {
    const rows = Object.entries(reasons).filter(([, facts]) => facts.outcome === outcome);
    const table = rows.map(
      ([code, facts]) =>
        `| \`${code}\` | ${facts.status} | ${facts.oauthError === undefined ? "" : `\`${facts.oauthError}\``} | ${cell(facts.says)} |`,
    );
    return [
      `## ${title}`,
      "",
      says,
      "",
      "| code | status | OAuth error | meaning |",
      "|---|---|---|---|",
      ...table,
    ];
  });
  const page = `${PREAMBLE}\n${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
  return wrapText(page, readMarkdown(page));
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
