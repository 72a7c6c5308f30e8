import { runLaptop } from "./run-laptop.ts";

// The AWS SDK warns on Node 20, which the laptop supports; deployed functions run on Node 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

process.exitCode = await runLaptop(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
