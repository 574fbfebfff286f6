/** A small run of `npm run load`: nothing is lost, memory stays flat. */
import { fileURLToPath } from "node:url";
import { openDesk } from "./valk.ts";

const desk = openDesk();
afterAll(() => desk.close());

test("connections, fibers, requests in sequence", async () => {
  const main = fileURLToPath(new URL("load/main.mjs", import.meta.url));
  const { code, out, err } = await desk.node([main, "--scale", "0.01"], desk.folder);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^20 connections of 20 streams, .*: all 400 answered/m);
  expect(out).toMatch(/^10000 fibers suspended at once: .*; none lost/m);
  expect(out).toMatch(/^10000 requests in sequence: /m);
});
