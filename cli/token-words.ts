import { UsageError } from "./command.ts";

/**
 * Whether tokens could carry the text as an id: at most 255 characters, none of them a control
 * character.
 */
export const isId = (text: string): boolean =>
  text !== "" && text.length <= 255 && text.isWellFormed() && !/\p{Cc}/u.test(text);

/** What configuration demands of an issuer; the two could never be equal otherwise. */
export function readIssuer(issuer: string, see: string): string {
  if (/^https:\/\/[^|\s]+$/.test(issuer)) return issuer;
  throw new UsageError(
    `--issuer ${JSON.stringify(issuer)} is not an https URL.`,
    `Use the issuer exactly as in tokens and in the configuration. ${see}`,
  );
}
