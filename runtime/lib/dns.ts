/** Names of hosts. */
import { lookup as resolve } from "node:dns";
import { errorOf } from "../kernel/border.ts";
import { fromArray } from "../kernel/list.ts";
import { STRING } from "../kernel/wrong.ts";
import { operation } from "./operation.ts";

/** `(dns/lookup host k)`: its addresses as the system knows them, a list of strings. */
export const lookup = /*#__PURE__*/ operation("dns/lookup", [STRING], (done, [host]) =>
  resolve(host as string, { all: true }, (e, found) =>
    done(e ? errorOf(e) : fromArray(found.map(({ address }) => address))),
  ),
);
