import { randomUUID } from "node:crypto";
import { ControlFailure } from "./control-failure.ts";

/** Who everybody is on the laptop. */
export const callerArn = (accountId: string): string => `arn:aws:iam::${accountId}:user/laptop`;

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** Answers the one action of STS that is served, in its query protocol. Throws a ControlFailure for another one. */
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

/** A failure as the query protocol tells it. */
export function stsFailure({ status, type, message }: ControlFailure): string {
  const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // Unlike JSON, XML has the code without the word that ends an exception's name.
  const code = type.replace(/Exception$/, "");
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${status < 500 ? "Sender" : "Receiver"}</Type><Code>${code}</Code><Message>${escaped}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
}
