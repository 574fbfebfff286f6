/**
 * The benchmark programs: every folder fixtures/bench/<suite>/<name> with a bench.json. Its other files are the sides:
 *
 *   main.valk    compiled by this project          hand.mjs     idiomatic JavaScript; for awaits: callbacks
 *   native.mjs   async/await
 *
 * A side exports `bench(...args)`. bench.json says how it is run (`protocol`, see child.mjs) and lists the cases: arguments,
 * smaller arguments and the result they must give, how many operations a run counts for, and what it is held against: a
 * side, or an absolute figure; `target` is the aim, `limit` must hold today.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const programs = new URL("../../fixtures/bench/", import.meta.url);

/** The order of the table; suites that are not named come last. */
const order = ["cpu", "calls", "control", "effects", "await", "size", "compile", "startup"];
const rank = (suite) => (order.includes(suite) ? order.indexOf(suite) : order.length);

const folders = (url) =>
  readdirSync(url, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

const sidesOf = (folder) =>
  Object.fromEntries(
    ["hand", "native"]
      .map((side) => [side, new URL(`${side}.mjs`, folder)])
      .filter(([, url]) => existsSync(url))
      .map(([side, url]) => [side, url.href]),
  );

const casesOf = (suite, name) => {
  const folder = new URL(`${suite}/${name}/`, programs);
  const file = new URL("bench.json", folder);
  if (!existsSync(file)) return [];
  const { protocol, cases } = JSON.parse(readFileSync(file, "utf8"));
  return cases.map((entry) => ({
    protocol,
    suite,
    program: `${suite}/${name}`,
    folder: fileURLToPath(folder),
    sides: sidesOf(folder),
    ...entry,
  }));
};

/** All cases, or those whose suite, program or name is among `names`. */
export function catalog(names = []) {
  const all = folders(programs)
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((suite) => folders(new URL(`${suite}/`, programs)).flatMap((name) => casesOf(suite, name)));
  return names.length === 0 ? all : all.filter((entry) => matches(entry, names));
}

export const matches = ({ suite, program, name }, names) =>
  names.length === 0 || names.some((wanted) => wanted === suite || wanted === program || wanted === name);

/** The JavaScript module of a side; `compiled` is the folder with the compiled programs. */
export const moduleOf = (entry, side, compiled) =>
  side === "valk" ? pathToFileURL(`${compiled}/${entry.program}/main.js`).href : entry.sides[side];
