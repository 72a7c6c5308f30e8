import type { ApiState } from "../../domain/attach/api-state.ts";
import { UsageError } from "../command.ts";
import { SEE } from "./options.ts";

/**
 * Where a stage is called, without a slash at the end.
 * @param url what `--url` says; absent: the API's execute-api address
 * @param stages how many are to be called; one URL is of one stage
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
 */
export function stageUrl(api: ApiState, stage: string, url: string | undefined, stages: number): string {
  if (url !== undefined) {
    if (stages > 1) throw new UsageError("--url covers one stage: select it with --stage.", SEE);
    return checked(url);
  }
  if (api.executeApiDisabled)
    throw new UsageError(
      "The API's default execute-api endpoint is disabled.",
      "Pass the custom domain with its base path: --url https://api.example.com/v1.",
    );
  const suffix = api.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const path = stage === "$default" ? "" : `/${stage}`;
  return `https://${api.id}.execute-api.${api.region}.${suffix}${path}`;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function checked(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.protocol === "http:" || url?.protocol === "ws:";
  if (url === undefined || !(isPlain || url.protocol === "https:" || url.protocol === "wss:"))
    throw new UsageError(`--url ${JSON.stringify(text)} must be an http, https, ws or wss URL.`, SEE);
  if (isPlain && !LOOPBACK.test(url.hostname))
    throw new UsageError(
      `--url ${JSON.stringify(text)} would send tokens unencrypted.`,
      "Use https; plain http is accepted for loopback addresses only.",
    );
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "")
    throw new UsageError(
      "--url takes only a host and a base path.",
      "For example https://api.example.com/v1.",
    );
  return text.replace(/\/+$/, "");
}
