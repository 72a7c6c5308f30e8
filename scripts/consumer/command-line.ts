import { type Ended, type Program, runProgram } from "./run-program.ts";

const STACK_TRACE = /^\s+at |node:internal|Error:/m;

const FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:authorizer";

/** What each command line should end with: its exit code, and what it should print. */
const LINES: readonly (readonly [argv: readonly string[], code: number, says: RegExp])[] = [
  [["--version"], 0, /^\d+\.\d+\.\d+\n$/],
  [["policy", "test"], 0, /All \d+ cases passed/],
  [["snippet", "--for", "terraform", "--api", "rest"], 0, /aws_api_gateway_authorizer/],
  [["snippet", "--for", "sam", "--api", "http"], 0, /Authorizer/],
  [["snippet", "--for", "cdk", "--api", "websocket"], 0, /from "sallyport"/],
  [["decide", "absent.json"], 2, /--jwks/],
  [["score", "absent.ndjson"], 1, /cannot read absent\.ndjson/],
  [["local"], 2, /Unknown command "local"/],
  [["no-such-command"], 2, /no-such-command/],
  [["attach", "plan"], 2, /--api/],
  [
    ["attach", "plan", "--api", "a1b2c3d4e5", "--table", "t", "--authorizer", FUNCTION],
    1,
    /No AWS Region is set/,
  ],
  [
    ["restrict", "show", "user", "ann", "--issuer", "https://id.example", "--table", "t"],
    1,
    /Region is missing/,
  ],
];

/**
 * Runs `npx sallyport` as its users do: every command's help, and the main commands without an AWS
 * account.
 *
 * @param sallyport starts the command
 * @throws Error with every command line that ended otherwise than it should, or with a stack trace
 */
export async function checkCommandLine(
  program: Program,
  sallyport: readonly string[] = ["npx", "--no-install", "sallyport"],
): Promise<void> {
  const run = (argv: readonly string[]): Promise<Ended> => runProgram([...sallyport, ...argv], program);
  const { stdout } = await run(["--help"]);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name = ""]) => name);
  if (commands.length < 5) throw new Error(`--help names no commands:\n${stdout}`);
  const helps = commands.map((name) => [[name, "--help"], 0, /Usage:[\s\S]*Examples:/] as const);
  const wrong: string[] = [];
  for (const [argv, code, says] of [...helps, ...LINES]) {
    const ended = await run(argv);
    const text = ended.stdout + ended.stderr;
    if (ended.code !== code || !says.test(text) || STACK_TRACE.test(text)) {
      wrong.push(
        `sallyport ${argv.join(" ")} ended with ${ended.code}, expected ${code} and ${says}:\n${text}`,
      );
    }
  }
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}
