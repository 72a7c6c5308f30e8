import { type Command, readArguments, readJsonInput, UsageError } from "./command.ts";
import { readDeploymentInput, readKeySets, readMoment, readRiskItems } from "./decide-inputs.ts";
import { type DecisionReport, dryRun } from "./dry-run.ts";
import { printDecision } from "./print-decision.ts";

const HELP = `Decides on one gateway event offline, as the deployed authorizer would, and prints the reasons.

Usage: sallyport decide <event.json> --jwks <file> [options]

  <event.json>        the event of a REQUEST, TOKEN or HTTP API authorizer, as API Gateway sends it
  --jwks <file>       the issuer's JWK set; with several issuers, --jwks <issuer>=<file> for each
  --config <file>     the configuration; sallyport.json by default
  --policies <folder> policy folder instead of the configured one
  --risk <items.json> items of the risk table: an array, or the output of aws dynamodb scan; none by default
  --country <code>    where the caller's address is, such as DE; unknown by default
  --at <time>         decide as of this time, such as 2026-11-21T14:30:00Z; now by default
  --json              one JSON object: decision, request, identity, risk, question, response, event, digests

A DPoP proof is verified as of the same time. Replay and nonces are not checked, because that needs the
table: every proof counts as new and every nonce as issued.

The exit code is 0 for any decision, denials included. No geo database is read: the country comes from
--country or, if the configuration trusts them, from CloudFront's headers.

Examples:
  sallyport decide event.json --jwks keys.json
  sallyport decide event.json --jwks keys.json --risk items.json --at 2026-11-21T23:10:00Z
  sallyport decide event.json --jwks keys.json --json | jq .decision
`;

const FLAGS = {
  jwks: { type: "string", multiple: true },
  config: { type: "string" },
  policies: { type: "string" },
  risk: { type: "string" },
  country: { type: "string" },
  at: { type: "string" },
  json: { type: "boolean" },
} as const;

export const decideCommand: Command = {
  name: "decide",
  help: HELP,
  run: async (argv, io) => {
    const { flags, words } = readArguments("sallyport decide", argv, FLAGS);
    const [file, ...more] = words;
    if (file === undefined || more.length > 0) {
      throw new UsageError("Pass one file with a gateway event.", "See sallyport decide --help.");
    }
    if (flags.jwks === undefined) {
      throw new UsageError("--jwks is missing.", "Pass the issuer's JWK set: --jwks <file>.");
    }
    const { country } = flags;
    if (country !== undefined && !/^[A-Z]{2}$/.test(country)) {
      throw new UsageError(
        `--country ${country} is not a country code.`,
        "Use an ISO 3166-1 alpha-2 code in capitals, such as DE.",
      );
    }
    const at = flags.at === undefined ? Date.now() : readMoment(flags.at);
    const event = await readJsonInput(file, "The event");
    const { settings, policies, digests } = readDeploymentInput(
      flags.config ?? "sallyport.json",
      flags.policies,
    );
    const keySets = await readKeySets(flags.jwks, settings.issuers);
    const readRiskState = await readRiskItems(flags.risk);
    const report = await dryRun(event, {
      settings,
      policies,
      digests,
      keySets,
      readRiskState,
      at,
      ...(country !== undefined && { country }),
    });
    const text = flags.json === true ? JSON.stringify({ ...jsonOf(report), digests }) : printDecision(report);
    io.stdout(flags.json === true ? `${text}\n` : text);
    return 0;
  },
};

function jsonOf({ result, question, response, event }: DecisionReport) {
  const { decision, request, caller, risk } = result;
  return { decision, request, identity: caller, risk, question, response, event };
}
