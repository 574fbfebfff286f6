/** Signatures and the functions they describe agree. */
import { existsSync } from "node:fs";
import { type Fn, nameOf, VARIADIC } from "../runtime/kernel/function.ts";
import { constants, type Signature, signatures } from "../runtime/signatures.ts";

const exported = async ({ module, export: name }: Signature): Promise<Fn> =>
  ((await import(`../runtime/${module}.ts`)) as Record<string, Fn>)[name] as Fn;

test("names are unique", () => {
  const names = [...signatures, ...constants].map((signature) => signature.name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe.each(signatures.map((signature) => [signature.name, signature] as const))("%s", (_, signature) => {
  test("its module exports it with these limits and this name", async () => {
    expect(existsSync(new URL(`../runtime/${signature.module}.ts`, import.meta.url))).toBe(true);
    const f = await exported(signature);
    expect(typeof f).toBe("function");
    expect(nameOf(f)).toBe(signature.name);
    if (signature.curries) {
      expect(f.$native).toBeUndefined();
      expect(f.$n).toBe(signature.max === Infinity ? -1 - signature.min : signature.min);
    } else {
      expect(f.$native).toEqual({ name: signature.name, min: signature.min, max: signature.max });
      expect(f.$n).toBe(signature.min === signature.max ? signature.min : VARIADIC);
    }
  });

  test("is documented in one line", () => {
    expect(signature.doc).toMatch(/^[^\n]+\.$/);
    expect(signature.params).not.toMatch(/\s{2}|^\s|\s$/);
  });
});
