/** The demo: an HTTP/2 server and its client in one program. */
import { fileURLToPath } from "node:url";
import { openDesk } from "./valk.ts";

const desk = openDesk();
afterAll(() => desk.close());

const demo = fileURLToPath(new URL("../fixtures/demo/main.valk", import.meta.url));

test("shows the exchange both ways, says what a refused connection gives, and ends", async () => {
  const { code, out, err } = await desk.valk(["run", demo]);
  expect([code, err]).toEqual([0, ""]);
  const [, port] = /^An HTTP\/2 server listens at https:\/\/localhost:(\d+)$/m.exec(out) ?? [];
  expect(out.replaceAll(port, "PORT")).toBe(`An HTTP/2 server listens at https://localhost:PORT

1. (reset (def {client} (shift k (http2/connect-async host port k))) ...)

    reset has come back: nothing blocks, k waits for the connection
    connected: <ref:http2_client>
    -> GET /greeting
       server: GET /greeting
    <- 200 Hello from Valk

2. (async {(= {client} (await-new (connect-async host port))) ...})

    async has come back: <handle>
    connected: <ref:http2_client>
    -> POST /echo
       server: POST /echo
    <- 200 you said: continuations
    -> GET /broken
       server: GET /broken
    <- 500 this page is out of order
    -> GET /greeting and /nowhere at once
       server: GET /greeting
       server: GET /nowhere
    <- 200 Hello from Valk
    <- 404 there is no such page
    awaited: the value of the fiber

3. The server stops, and its port refuses connections

    shift     resumed with an Error: connect ECONNREFUSED 127.0.0.1:PORT {:ECONNREFUSED}
    await-new resumed with an Error: connect ECONNREFUSED 127.0.0.1:PORT {:ECONNREFUSED}

That is all: nothing is open any more, so the program ends.
`);
});
