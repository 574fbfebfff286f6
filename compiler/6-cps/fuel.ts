/**
 * Where a function burns its fuel: before the first operation on each path that is more than a pure test. A path without such
 * an operation (the base case of a recursion) burns nothing. It must not sink further: out of fuel, the run loop calls the
 * function again from its start.
 */
import type * as Cps from "../ir/cps.ts";

export function fuelBlock(
  stmts: readonly Cps.Stmt[],
  fuel: Cps.Stmt,
  pure: (op: Cps.Op) => boolean,
): readonly Cps.Stmt[] {
  for (let i = 0; i < stmts.length; i++) {
    const stmt = stmts[i];
    if (stmt.kind === "Let" && pure(stmt.op)) continue;
    if (stmt.kind === "Return" && pure(stmt.op)) return stmts;
    if (stmt.kind === "Guard" || stmt.kind === "Break" || stmt.kind === "Declare" || stmt.kind === "Assign") continue;
    if (stmt.kind === "If") {
      const sunk: Cps.Stmt = {
        ...stmt,
        then: fuelBlock(stmt.then, fuel, pure),
        else: fuelBlock(stmt.else, fuel, pure),
      };
      return [...stmts.slice(0, i), sunk, ...stmts.slice(i + 1)];
    }
    return [...stmts.slice(0, i), fuel, ...stmts.slice(i)];
  }
  return stmts;
}
