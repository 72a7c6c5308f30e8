import { type Command, type CommandIo, messageOf } from "../command.ts";
import { runApply, runPlan } from "./apply.ts";
import { toCommandError } from "./attach-run.ts";
import { type ActionName, type AttachRequest, readAction } from "./options.ts";
import { runRollback } from "./rollback.ts";
import { runStatus } from "./status.ts";
import { runVerify } from "./verify.ts";
import { type AttachWorld, realWorld } from "./world.ts";

const HELP = `Puts Sallyport in front of an existing API, and removes it again.

Usage: sallyport attach <action> --api <id> (--table <name> | --no-table) [options]

  plan      show, route by route, what apply would do, with warnings; changes nothing
  apply     attach. The first run only monitors. Run it again to resume an interrupted run
  verify    call each route without a token, with a bad one and with a good one; list unprotected routes
  rollback  restore the previous configuration, also after an incomplete apply
  status    show what is attached, its mode and pending steps; without --api, everything in the table

  --api <id>            REST, HTTP or WebSocket API
  --authorizer <arn>    the authorizer function or an alias; from the second apply on, the recorded one
  --table <name>        the deployment's table (stack output TableName); --no-table: record in the file only
  --snapshot <file>     the state before attaching; ./sallyport-<api>-<region>.json by default
  --region, --profile   the Region and AWS profile of the API; resolved as the AWS CLI does by default
  --sallyport-profile   AWS profile for the function's policy and the table, if in another account
  --rate <n>            AWS calls per second, 8 by default; API Gateway allows 10 per account
  --json                print one JSON object instead of text

plan and apply:
  --stage <name>        may be repeated; by default every stage with a deployment
  --enforce <mode>      none (monitor), all, or segment names separated by commas; unchanged by default, none at first
  --policies <folder>   the folder of policies whose segments.json has the segments; the default policies by default
  --exclude <route>     leave a route such as "GET /health" unchanged; * matches anything; may be repeated
  --replace <kinds>     replace iam, cognito, jwt or custom authorization; otherwise such routes stay unchanged
  --canary <percent>    REST: deploy to a share of the traffic; apply without it promotes the canary
  --accept-drift        continue although a CloudFormation stack owns the API and may undo the change
  --credentials-role <arn>      role that API Gateway assumes to invoke the function, instead of the function's policy
  --no-permission               do not change the function's policy: it already allows API Gateway
  --replace-gateway-responses   replace gateway responses that the owner has set
  --allow-origin <origin>       CORS origin of denials, * by default; to change it later, add the option above
  --detailed-exit-code          plan: exit with 3 if steps are pending
  --dry-run, --yes              apply and rollback: show the plan only; do not ask for confirmation

verify:
  --stage <name>        one of the attached stages
  --url <base>          base URL of the stage, such as a custom domain with its base path
  --token-file <file>   an access token that should be allowed; it is never printed
  --all-methods         also send the good token to POST, PUT, PATCH and DELETE, which may change data
  --timeout <seconds>   for each call, 10 by default

rollback:
  --open-new-routes     open routes that use Sallyport but are not in the snapshot

Exit codes: 0 done, or no difference; 1 refused, failed, not protected, or a difference; 2 usage error;
3 see --detailed-exit-code; 130 and 143 stopped by SIGINT or SIGTERM after the current call.

Examples:
  sallyport attach plan --api a1b2c3d4e5 --authorizer arn:aws:lambda:eu-central-1:111122223333:function:authorizer --table T
  sallyport attach apply --api a1b2c3d4e5 --authorizer arn:aws:lambda:… --table T --canary 10
  sallyport attach apply --api a1b2c3d4e5 --table T --enforce billing,admin
  sallyport attach verify --api a1b2c3d4e5 --table T --token-file token.txt
  sallyport attach rollback --api a1b2c3d4e5 --table T
`;

type Action = (request: AttachRequest, io: CommandIo, world: AttachWorld) => Promise<number>;

const ACTIONS: Readonly<Record<ActionName, Action>> = {
  plan: runPlan,
  apply: runApply,
  verify: runVerify,
  rollback: runRollback,
  status: runStatus,
};

/** With --json, standard output holds exactly one object, also when the command fails. */
function asJson(error: unknown) {
  const { next } = (error ?? {}) as { next?: unknown };
  return { status: "failed", error: messageOf(error), ...(typeof next === "string" && { next }) };
}

/** Creates the command with the given environment; tests pass their own. */
export function createAttachCommand(world: AttachWorld): Command {
  return {
    name: "attach",
    help: HELP,
    run: async (argv, io) => {
      try {
        const { action, request } = readAction(argv);
        return await ACTIONS[action](request, io, world);
      } catch (error) {
        const known = toCommandError(error);
        if (argv.includes("--json")) io.stdout(`${JSON.stringify(asJson(known))}\n`);
        throw known;
      }
    },
  };
}

export const attachCommand = createAttachCommand(realWorld);
