/**
 * A list as JavaScript sees it: iterable, with a length. Lists themselves are object literals without a prototype of their own
 * (list.ts says why), so the border hands out a view in their place, the same one each time, and takes it back.
 */
import { type List, length, type Value } from "./list.ts";

type Outwards = (value: Value) => unknown;

export interface ListView extends Iterable<unknown> {
  readonly $list: List;
  readonly length: number;
}

// In a function, so that bundlers see that the class has no effects: the key of its last method is computed.
export const ListView: new (list: List, outwards: Outwards) => ListView = /*#__PURE__*/ (() =>
  class implements ListView {
    readonly $list: List;
    readonly #outwards: Outwards;
    constructor(list: List, outwards: Outwards) {
      this.$list = list;
      this.#outwards = outwards;
    }
    get length(): number {
      return length(this.$list);
    }
    /** The elements as JavaScript values; lists among them are views in their turn. */
    *[Symbol.iterator](): Generator<unknown> {
      let cell = this.$list;
      for (let left = length(cell); left > 0; left--, cell = cell.tail) yield this.#outwards(cell.head);
    }
    toJSON(): unknown[] {
      return [...this];
    }
    /** How Node's console shows it. */
    [Symbol.for("nodejs.util.inspect.custom")](): unknown[] {
      return [...this];
    }
  })();

const views = /*#__PURE__*/ new WeakMap<List, ListView>();

/** The view of a list that is not empty. */
export const viewOf = (list: List, outwards: Outwards): ListView => {
  let view = views.get(list);
  if (view === undefined) {
    view = new ListView(list, outwards);
    views.set(list, view);
  }
  return view;
};
