import { VERSION } from "../contract/version.ts";
import type { CommandIo, ListedCommand } from "./command.ts";
import { main } from "./main.ts";

const COMMANDS: readonly ListedCommand[] = [
  {
    name: "attach",
    summary: "attach plan, apply, verify, rollback, status: protect an existing API",
    load: async () => (await import("./attach/attach.ts")).attachCommand,
  },
  {
    name: "snippet",
    summary: "print the code that attaches an API, for CDK, SAM, Terraform, Serverless or OpenAPI",
    load: async () => (await import("./snippet.ts")).snippetCommand,
  },
  {
    name: "decide",
    summary: "decide on one gateway event offline, with the reasons",
    load: async () => (await import("./decide.ts")).decideCommand,
  },
  {
    name: "score",
    summary: "score access events offline, with the reasons",
    load: async () => (await import("./score.ts")).scoreCommand,
  },
  {
    name: "policy",
    summary: "policy test: run the policies' test cases",
    load: async () => (await import("./policy.ts")).policyCommand,
  },
  {
    name: "device",
    summary: "device enrol, attest, posture, retire, show: manage the device registry",
    load: async () => (await import("./device.ts")).deviceCommand,
  },
  {
    name: "restrict",
    summary: "restrict revoke, quarantine, show, lift: block a user, session or device",
    load: async () => (await import("./restrict.ts")).restrictCommand,
  },
];

/** Runs one `sallyport` command line and resolves to the exit code. */
export function sallyport(argv: readonly string[], io: CommandIo): Promise<number> {
  return main(argv, io, COMMANDS, VERSION);
}
