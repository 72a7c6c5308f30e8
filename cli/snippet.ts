import { readFunctionArn } from "../contract/function-arn.ts";
import type { ApiKind } from "../domain/attach/api-state.ts";
import { readEnforcement, writeEnforcement } from "../domain/decision/enforcement.ts";
import { type Command, readArguments, UsageError } from "./command.ts";
import { assertKnownSegments } from "./known-segments.ts";
import { writeCdk } from "./snippet/cdk.ts";
import { writeOpenapi } from "./snippet/openapi.ts";
import { routeName, type SnippetRequest, type SnippetRoute, type WriteSnippet } from "./snippet/request.ts";
import { writeSam } from "./snippet/sam.ts";
import { writeServerless } from "./snippet/serverless.ts";
import { writeTerraform } from "./snippet/terraform.ts";

const HELP = `Prints the code that puts an API behind Sallyport, for the tool that deploys the API.

Usage: sallyport snippet --for <tool> --api <kind> [options]

  --for <tool>         cdk, sam, terraform, serverless or openapi
  --api <kind>         rest, http or websocket (openapi does not support websocket)
  --authorizer <name>  the authorizer function: its ARN, or the SSM parameter that holds it; /sallyport/authorizer-arn by default
  --elsewhere          the function is in another account or Region than the API; needs --authorizer with an ARN
  --credentials-role <arn>  the role that API Gateway assumes to invoke the function, where Sallyport allows an organisation
  --route <route>      a route to attach, such as "GET /orders/{id}"; may be repeated; GET /orders by default
  --enforce <what>     all (by default), none (monitor: record decisions and let requests through), or segments such as billing,admin
  --policies <folder>  the folder of policies whose segments.json has the segments; the default policies by default
  --allow-origin <origin>  the origin that browsers may read denials from; * by default
  --name <name>        name of the API in your code; Api by default
  --stage <stage>      the stage; prod by default, $default for an HTTP API

The fragment goes to standard output. It contains the authorizer (invoked for every request, never cached), the permission
to invoke it, for REST the gateway responses that show clients why they were denied, CORS, the stage variable, and the
routes; comments list the remaining steps.

Examples:
  sallyport snippet --for terraform --api rest --route "GET /orders" --route "POST /orders"
  sallyport snippet --for sam --api http --enforce none > template.yml
  sallyport snippet --for openapi --api rest --authorizer arn:aws:lambda:eu-central-1:111122223333:function:Sallyport-Authorizer
`;

const FLAGS = {
  for: { type: "string" },
  api: { type: "string" },
  authorizer: { type: "string" },
  elsewhere: { type: "boolean" },
  "credentials-role": { type: "string" },
  route: { type: "string", multiple: true },
  enforce: { type: "string" },
  policies: { type: "string" },
  "allow-origin": { type: "string" },
  name: { type: "string" },
  stage: { type: "string" },
} as const;

const TOOLS: Readonly<Record<string, WriteSnippet>> = {
  cdk: writeCdk,
  sam: writeSam,
  terraform: writeTerraform,
  serverless: writeServerless,
  openapi: writeOpenapi,
};
const KINDS: readonly ApiKind[] = ["rest", "http", "websocket"];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "ANY"];
const SEE = "See sallyport snippet --help.";

export const snippetCommand: Command = {
  name: "snippet",
  help: HELP,
  run: async (argv, io) => {
    const { flags, words } = readArguments("sallyport snippet", argv, FLAGS);
    if (words.length > 0) throw new UsageError(`${JSON.stringify(words[0])} is not expected.`, SEE);
    const tool = oneOf("--for", flags.for, Object.keys(TOOLS));
    const api = oneOf("--api", flags.api, KINDS);
    if (tool === "openapi" && api === "websocket") {
      throw new UsageError(
        "--for openapi: API Gateway does not import OpenAPI for WebSocket APIs.",
        `Use another tool. ${SEE}`,
      );
    }
    const authorizer = authorizerOf(flags.authorizer ?? "/sallyport/authorizer-arn");
    if (flags.elsewhere === true && !("arn" in authorizer)) {
      throw new UsageError(
        "--elsewhere needs --authorizer with an ARN: an SSM parameter is looked up in the API's own account and Region.",
        SEE,
      );
    }
    const request: SnippetRequest = {
      api,
      authorizer,
      elsewhere: flags.elsewhere === true,
      ...(flags["credentials-role"] !== undefined && {
        credentialsRole: matching(
          "--credentials-role",
          flags["credentials-role"],
          /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
          "the ARN of a role",
        ),
      }),
      routes: readRoutes(flags.route ?? ["GET /orders"]),
      enforce: readEnforce(flags.enforce ?? "all", flags.policies),
      allowOrigin: matching(
        "--allow-origin",
        flags["allow-origin"] ?? "*",
        /^(\*|https?:\/\/[\w.:[\]-]+)$/,
        'an origin such as "https://app.example.com", or *',
      ),
      name: matching(
        "--name",
        flags.name ?? "Api",
        /^[A-Za-z][A-Za-z0-9]{0,62}$/,
        "a name of letters and digits",
      ),
      stage: matching(
        "--stage",
        flags.stage ?? (api === "http" ? "$default" : "prod"),
        /^(\$default|[\w-]{1,128})$/,
        "the name of a stage",
      ),
    };
    io.stdout(TOOLS[tool]?.(request) ?? "");
    return 0;
  },
};

function oneOf<T extends string>(flag: string, value: string | undefined, accepted: readonly T[]): T {
  const found = accepted.find((word) => word === value);
  if (found !== undefined) return found;
  const wrong = value === undefined ? `${flag} is missing` : `${flag} is ${JSON.stringify(value)}`;
  throw new UsageError(`${wrong}; it must be one of ${accepted.join(", ")}.`, SEE);
}

function matching(flag: string, value: string, form: RegExp, accepted: string): string {
  if (form.test(value)) return value;
  throw new UsageError(`${flag}: ${JSON.stringify(value)} is not ${accepted}.`, SEE);
}

function authorizerOf(value: string): SnippetRequest["authorizer"] {
  const arn = readFunctionArn(value);
  if (arn !== undefined) return arn;
  const form = /^(\/[\w.-]+)+$/;
  return {
    parameter: matching(
      "--authorizer",
      value,
      form,
      "the ARN of a Lambda function or the name of an SSM parameter that starts with a slash",
    ),
  };
}

/** Two routes of one name would be one in the fragment, and the other would stay open. */
function readRoutes(values: readonly string[]): readonly SnippetRoute[] {
  const named = new Map<string, SnippetRoute>();
  for (const route of values.map(readRoute)) {
    const other = named.get(routeName(route)) ?? route;
    if (other.method !== route.method || other.path !== route.path) {
      throw new UsageError(
        `--route: "${other.method} ${other.path}" and "${route.method} ${route.path}" would have the same name in the fragment, ${routeName(route)}.`,
        "Print a separate fragment for each, with a different --name.",
      );
    }
    named.set(routeName(route), route);
  }
  return [...named.values()];
}

function readRoute(value: string): SnippetRoute {
  const [, method = "", path = ""] = /^([A-Za-z]+) (\/\S*)$/.exec(value) ?? [];
  const upper = method.toUpperCase();
  if (upper === "OPTIONS") {
    throw new UsageError(
      `--route: ${JSON.stringify(value)} must stay open, because browsers send preflights without a token.`,
      "Leave it out.",
    );
  }
  const segments = /^\/$|^(\/([\w.~:@!$&()*+,;=%-]+|\{[\w.-]+\+?\}))+$/;
  if (!METHODS.includes(upper) || !segments.test(path)) {
    throw new UsageError(
      `--route: ${JSON.stringify(value)} is not a method (${METHODS.join(", ")}) and a path, such as "GET /orders/{id}".`,
      SEE,
    );
  }
  return { method: upper, path };
}

/**
 * The authorizer enforces everything where it cannot read the variable; a fragment is not to say
 * otherwise.
 */
function readEnforce(value: string, policies: string | undefined): string {
  const enforcement = readEnforcement(value);
  if (enforcement === "all" && value !== "all") {
    throw new UsageError(
      `--enforce: ${JSON.stringify(value)} must be all, none, or segment names separated by commas.`,
      SEE,
    );
  }
  assertKnownSegments(enforcement, policies);
  return writeEnforcement(enforcement);
}
