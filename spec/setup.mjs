/** Makes a checkout ready: installs packages and builds, each only if needed. Uses nothing but Node, because nothing else may be there yet. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Is a package of the lock file missing in node_modules, or there in another version? */
const outdated = () => {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return true;
  const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const there = read(installed);
  return Object.entries(read(join(root, "package-lock.json"))).some(
    ([path, { version, optional, peer }]) => path !== "" && !optional && !peer && there[path]?.version !== version,
  );
};

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(statSync(path).mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs;

/** Has a source changed since the last complete build? */
const stale = () => {
  const built = join(root, "dist", "build.json");
  const sources = ["compiler", "runtime", "cli", "tsconfig.json", "package.json"].map((name) => join(root, name));
  return !existsSync(built) || Math.max(...sources.map(newest)) > statSync(built).mtimeMs;
};

/** Output goes to stderr: stdout belongs to what runs after the setup. */
const run = (args) => {
  console.error(`> npm ${args.join(" ")}`);
  const windows = process.platform === "win32";
  const { status, error } = spawnSync(windows ? "npm.cmd" : "npm", args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: windows,
  });
  if (error) console.error(`npm could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
};

// Not `npm ci`: it refuses a lock file made where the optional packages of other platforms were not to be had.
if (outdated()) run(["install", "--no-save", "--no-audit", "--no-fund"]);
if (stale()) run(["run", "--silent", "build"]);
