import { randomUUID } from "node:crypto";
import { ControlFailure } from "./control-failure.ts";

/** The identity that every caller has on the laptop. */
export const callerArn = (accountId: string): string => `arn:aws:iam::${accountId}:user/laptop`;

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/**
 * Serves one STS action, GetCallerIdentity, in the query protocol. Throws a ControlFailure for any
 * other action.
 */
export function answerSts(body: string, accountId: string): string {
  const parameters = new URLSearchParams(body);
  const action = parameters.get("Action");
  if (action !== "GetCallerIdentity" || parameters.get("Version") !== "2011-06-15")
    throw new ControlFailure(
      400,
      "InvalidAction",
      `Could not find operation ${action} for version ${parameters.get("Version")}`,
    );
  return `<GetCallerIdentityResponse xmlns="${NAMESPACE}"><GetCallerIdentityResult><Arn>${callerArn(accountId)}</Arn><UserId>AIDALAPTOPLAPTOPLAPTO</UserId><Account>${accountId}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
}

/** A failure in the query protocol. */
export function stsFailure({ status, type, message }: ControlFailure): string {
  const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // The XML code is the exception's name without "Exception"; JSON uses the full name.
  const code = type.replace(/Exception$/, "");
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${status < 500 ? "Sender" : "Receiver"}</Type><Code>${code}</Code><Message>${escaped}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
}
