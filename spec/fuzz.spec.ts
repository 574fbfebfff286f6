/** A fixed set of random programs; `npm run fuzz` tries others. */
import { expect, test } from "@jest/globals";
import { fuzz } from "./fuzz.ts";

test("random programs do the same in every mode", async () => {
  const found = await fuzz({ count: 40, seed: 1, shrinking: 5000 });
  expect(found.map(({ seed, program, report }) => `seed ${seed}\n${program}${report}`)).toEqual([]);
});
