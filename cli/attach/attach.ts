import { type Command, type CommandIo, messageOf } from "../command.ts";
import { runApply, runPlan } from "./apply.ts";
import { type ActionName, type AttachFlags, readAction } from "./options.ts";
import { runRollback } from "./rollback.ts";
import { understood } from "./started.ts";
import { runStatus } from "./status.ts";
import { runVerify } from "./verify.ts";
import { type AttachWorld, realWorld } from "./world.ts";

const HELP = `Puts Sallyport in front of an API that exists already, and takes it off again.

Usage: sallyport attach <action> --api <id> (--table <name> | --no-table) [options]

  plan      tell route by route what apply would do, and what to know before; changes nothing
  apply     do it. The first one only monitors. What was killed half-way goes on when it is run again
  verify    call every route without a token, with a bad one and with a good one; tell which are not protected
  rollback  put back exactly what was there, also after half an apply
  status    tell what is attached, in which mode, and what is pending; without --api all of the table

  --api <id>            REST, HTTP or WebSocket API
  --authorizer <arn>    the authorizer function, or an alias of it; from the second apply on as recorded
  --table <name>        the deployment's table, its stack's output TableName; --no-table: remember in the file alone
  --snapshot <file>     what the API was before; sallyport-<api>-<region>.json here by default
  --region, --profile   where the API is and who may change it; as AWS's own tools find them by default
  --sallyport-profile   AWS profile for the function's policy and the table, if they are in another account
  --rate <n>            calls of AWS a second, 8 by default; API Gateway allows an account 10
  --json                one JSON object in place of text

plan and apply:
  --stage <name>        may be repeated; by default all stages that have a deployment
  --enforce <mode>      none (monitor), all, or names of segments with commas; unchanged by default, none at first
  --exclude <route>     leave "GET /health" as it is; * stands for anything; may be repeated
  --replace <kinds>     take the place of iam, cognito, jwt or custom authorization; such routes stay as they are otherwise
  --canary <percent>    REST: deploy for a share of the traffic; apply without it then gives it all
  --accept-drift        go on although a CloudFormation stack owns the API and may undo the change
  --credentials-role <arn>      role that API Gateway assumes to invoke the function, in place of the function's policy
  --no-permission               leave the function's policy alone: it allows API Gateway already
  --replace-gateway-responses   take the place of gateway responses that the owner has set
  --allow-origin <origin>       who may read denials in a browser, * by default; to change it later, with the line above
  --detailed-exit-code          plan: 3 where something is to be done
  --dry-run, --yes              apply and rollback: tell only; do not ask

verify:
  --stage <name>        of those attached
  --url <base>          where the stage is called, such as a custom domain with its base path
  --token-file <file>   an access token that is to be let in; it is shown nowhere
  --all-methods         send the good token to POST, PUT, PATCH and DELETE too: they may change something
  --timeout <seconds>   for each call, 10 by default

rollback:
  --open-new-routes     open routes that ask Sallyport and that the snapshot does not know

Exit codes: 0 done, or nothing differs; 1 refused, failed, not protected, or something differs; 2 asked wrongly; 3 see
--detailed-exit-code; 130 and 143 stopped by SIGINT and SIGTERM after the call that was under way.

Examples:
  sallyport attach plan --api a1b2c3d4e5 --authorizer arn:aws:lambda:eu-central-1:111122223333:function:authorizer --table T
  sallyport attach apply --api a1b2c3d4e5 --authorizer arn:aws:lambda:… --table T --canary 10
  sallyport attach apply --api a1b2c3d4e5 --table T --enforce billing,admin
  sallyport attach verify --api a1b2c3d4e5 --table T --token-file token.txt
  sallyport attach rollback --api a1b2c3d4e5 --table T
`;

type Action = (flags: AttachFlags, io: CommandIo, world: AttachWorld) => Promise<number>;

const ACTIONS: Readonly<Record<ActionName, Action>> = {
  plan: runPlan,
  apply: runApply,
  verify: runVerify,
  rollback: runRollback,
  status: runStatus,
};

/** Whoever reads standard output as JSON finds one object there, whatever happens. */
function asJson(error: unknown) {
  const { next } = (error ?? {}) as { next?: unknown };
  return { status: "failed", error: messageOf(error), ...(typeof next === "string" && { next }) };
}

/** The command in a world of its own, for tests. */
export function createAttachCommand(world: AttachWorld): Command {
  return {
    name: "attach",
    help: HELP,
    run: async (argv, io) => {
      const { action, flags } = readAction(argv);
      try {
        return await ACTIONS[action](flags, io, world);
      } catch (error) {
        const told = understood(error);
        if (flags.json === true) io.stdout(`${JSON.stringify(asJson(told))}\n`);
        throw told;
      }
    },
  };
}

export const attachCommand = createAttachCommand(realWorld);
