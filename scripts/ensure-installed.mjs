// Runs before `npm start` and `npm test`: installs the locked dependencies where they are missing
// or out of date, so that a fresh clone needs no other command. Plain JavaScript without
// dependencies, as none may be there yet. Standard output stays empty, because
// `npm start -- --json` writes to it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = [20, 19];

/** Whether a version such as `20.19.1` is new enough. */
function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/**
 * Says in what way an installation is not the locked one; undefined if it is. Compares what the
 * lock file asks for with what npm noted down when it last installed; does not look at the
 * installed files themselves.
 *
 * @param locked text of package-lock.json
 * @param noted text of node_modules/.package-lock.json, undefined if there is none
 */
function differenceFromLock(locked, noted) {
  if (noted === undefined) return "no dependencies are installed";
  let wanted;
  let installed;
  try {
    wanted = JSON.parse(locked).packages;
    installed = JSON.parse(noted).packages;
  } catch {
    return "the installation cannot be read";
  }
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    if (found === undefined) {
      // npm leaves out optional packages that are for other platforms.
      if (entry.optional || entry.devOptional) continue;
      return `${path} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${path} is not ${entry.version}`;
    }
  }
  const surplus = Object.keys(installed).find((path) => wanted[path] === undefined);
  return surplus === undefined ? undefined : `${surplus} is not in package-lock.json`;
}

/**
 * Installs what package-lock.json names under `root` if need be, and returns the exit code for the
 * process.
 */
function ensureInstalled(root) {
  if (!isSupportedNode(process.versions.node)) {
    say(`Sallyport needs Node.js ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}.`);
    return 1;
  }
  const locked = readIfThere(join(root, "package-lock.json"));
  if (locked === undefined) {
    say(`There is no package-lock.json in ${root}.`);
    return 1;
  }
  const difference = differenceFromLock(
    locked,
    readIfThere(join(root, "node_modules", ".package-lock.json")),
  );
  if (difference === undefined) return 0;
  say(`Installing dependencies with npm ci (${difference}) ...`);
  return runNpm(root, ["ci", "--include=dev", "--include=optional"]);
}

function runNpm(root, args) {
  // Inside `npm run`, npm says where it is itself; going through Node avoids shells and so any
  // trouble with spaces.
  const npm = process.env.npm_execpath;
  const viaNode = npm !== undefined && /\.c?js$/.test(npm);
  // npm's own progress goes to standard error (2), and it may ask nothing.
  const options = { cwd: root, stdio: ["ignore", 2, 2], env: { ...process.env, npm_config_yes: "true" } };
  const ended = viaNode
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (ended.error !== undefined) say(`npm could not be started: ${ended.error.message}`);
  else if (ended.status !== 0) say("npm ci failed; its messages stand above.");
  return ended.status ?? 1;
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

process.exitCode = ensureInstalled(join(dirname(fileURLToPath(import.meta.url)), ".."));
