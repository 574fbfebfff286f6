/** Names of hosts. */
import { lookup as resolve } from "node:dns";
import { errorOf } from "../kernel/border.ts";
import { fromArray } from "../kernel/list.ts";
import { type Kind, STRING } from "../kernel/wrong.ts";
import { handled, numberOption, operation, type Start } from "./operation.ts";

const FAMILY: Kind = { what: "4 or 6", is: (v) => v === 4 || v === 6 };
// The system's resolver cannot be interrupted; given up, its answer is ignored.
const startLookup: Start = (done, [host], options, _, name) => {
  const family = (numberOption(name, options, "family", FAMILY) ?? 0) as 0 | 4 | 6;
  resolve(host as string, { all: true, family }, (e, found) =>
    done(e ? errorOf(e) : fromArray(found.map(({ address }) => address))),
  );
};
/** `(dns/lookup-async host [options] k)`: its addresses as the system knows them, a list of strings. */
export const lookup = /*#__PURE__*/ operation("dns/lookup-async", [STRING], startLookup);
export const lookupHandle = /*#__PURE__*/ handled("dns/lookup", [STRING], startLookup);
