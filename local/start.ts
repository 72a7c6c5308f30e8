// Before the imports that would warn.
import "./supported-runtime.ts";
import { runLaptop } from "./run-laptop.ts";

process.exitCode = await runLaptop(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
