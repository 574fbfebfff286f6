/** Cells: what a frame keeps its assigned names in, when more than straight code sees them. */
import type { Value } from "./list.ts";

export class Cell {
  /** undefined: the name is not bound yet, and reads go on to the next outer frame. */
  v: Value;
  constructor(v: Value) {
    this.v = v;
  }
}

export const cell = (v?: Value): Cell => new Cell(v);
