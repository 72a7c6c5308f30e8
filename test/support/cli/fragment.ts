import { parse } from "yaml";
import { snippetCommand } from "../../../cli/snippet.ts";
import { runCommandLine } from "./run-command-line.ts";

export const ARN = "arn:aws:lambda:eu-central-1:111122223333:function:Sallyport-Authorizer";
export const ROLE = "arn:aws:iam::444455556666:role/ask-sallyport";

/** What the command prints for these flags; fails the test unless it succeeds. */
export async function fragment(...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommandLine(snippetCommand, ["snippet", ...flags]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

export const CLOUDFORMATION_TAGS = ["!Ref", "!Sub"].map((tag) => ({
  tag,
  resolve: (value: string) => ({ [tag.slice(1)]: value }),
}));

/** A fragment's document, with `!Ref x` as `{ Ref: "x" }`. */
// biome-ignore lint/suspicious/noExplicitAny: a document is as open as that
export async function document(...flags: string[]): Promise<any> {
  return parse(await fragment(...flags), { customTags: CLOUDFORMATION_TAGS });
}
