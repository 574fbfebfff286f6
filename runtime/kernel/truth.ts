/** What counts as true in a test. */
import { nil, type Value } from "./list.ts";

/** False is 0, nil, -0, 0n and JavaScript's false; everything else is true. */
export const truthy = (v: Value): boolean => v !== 0 && v !== nil && v !== false && v !== 0n;
