import { type Command, readArguments, readJsonInput, UsageError } from "./command.ts";
import { readDeploymentInput, readKeySets, readMoment, readRiskItems } from "./decide-inputs.ts";
import { type DecisionReport, dryRun } from "./dry-run.ts";
import { printDecision } from "./print-decision.ts";

const HELP = `Judges one gateway event as the deployed authorizer would, offline, and says why.

Usage: sallyport decide <event.json> --jwks <file> [options]

  <event.json>        the event of a REQUEST, TOKEN or HTTP API authorizer, as API Gateway sends it
  --jwks <file>       the issuer's JWK set; with several issuers --jwks <issuer>=<file>, once for each
  --config <file>     the configuration; sallyport.json by default
  --policies <folder> policies in place of the configuration's
  --risk <items.json> items of the risk table: an array, or the output of aws dynamodb scan; none by default
  --country <code>    where the caller's address is, such as DE; unknown by default
  --at <time>         judge as of this moment, such as 2026-11-21T14:30:00Z; now by default
  --json              one JSON object: decision, request, identity, risk, question, response, event, digests

A DPoP proof is verified as of the same moment, but it always counts as new, and any nonce as one that was
given: only the table knows.

The exit code is 0 for any decision, also for a denial. No geo database is read: the country is what
--country says or, where the configuration trusts them, what CloudFront's headers say.

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
      throw new UsageError("Give one file with a gateway event.", "See sallyport decide --help.");
    }
    if (flags.jwks === undefined) {
      throw new UsageError("The issuer's keys are missing.", "Give them with --jwks <file>.");
    }
    const { country } = flags;
    if (country !== undefined && !/^[A-Z]{2}$/.test(country)) {
      throw new UsageError(`--country ${country} is not a country code.`, "Write two capitals such as DE.");
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
